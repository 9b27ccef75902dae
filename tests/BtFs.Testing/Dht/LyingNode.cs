using System.Net;
using BtFs.Protocol.Dht;
using BtFs.Testing.Swarms;

namespace BtFs.Testing.Dht;

/// <summary>A node that is in everybody's table and helps nobody. What is announced to it is lost.</summary>
internal sealed class LyingNode(SimulatedDht dht, IPEndPoint address, Lie lie) : ISimulatedNode
{
    private const int Calls = 40;

    private readonly NodeId _id = SecureNodeId.For(address.Address, dht.Random);

    internal IPEndPoint Address { get; } = address;

    /// <summary>The port beside, where it says that it stands right at whatever it is asked for.</summary>
    internal LyingMask Mask { get; } = new(dht, new IPEndPoint(address.Address, address.Port - 1));

    internal Lie Lie { get; } = lie;

    /// <summary>Questions it was asked.</summary>
    internal int Asked { get; private set; }

    /// <summary>Makes itself known: whoever is asked looks whether the one who asks is there.</summary>
    internal void Join()
    {
        for (var i = 0; i < Calls; i++)
        {
            dht.Agenda.At(dht.Agenda.Now + dht.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(240)), () =>
                Send(new KrpcMessage.Query("li"u8.ToArray(), _id, new DhtQuery.FindNode(_id, DhtFamilies.None)), dht.Anybody()));
        }
    }

    /// <inheritdoc/>
    public void Receive(ReadOnlyMemory<byte> packet, IPEndPoint from)
    {
        if (!KrpcReader.TryRead(packet, out var message) || message is not KrpcMessage.Query query)
        {
            return;
        }

        Asked++;
        if (Answer(query.Asked) is { } answer)
        {
            // The truth about addresses is as good a lie as any: this one would have everybody move.
            Send(new KrpcMessage.Reply(query.Transaction, answer) { YourAddress = new IPEndPoint(IPAddress.Parse("198.51.100.7"), 7) }, from);
        }
    }

    private DhtReply? Answer(DhtQuery query)
    {
        var target = query switch
        {
            DhtQuery.FindNode find => find.Target,
            DhtQuery.GetPeers get => NodeId.Of(get.Torrent),
            _ => default(NodeId?),
        };
        var plain = new DhtReply(_id) { Token = "liar"u8.ToArray() };
        return (Lie, target) switch
        {
            (Lie.ManyFaces, _) => plain with { Sender = NodeId.Any(dht.Random) },
            (_, null) or (Lie.Nothing, _) => plain,
            (Lie.Inventions, { } place) => plain with { Nodes = [.. Enumerable.Range(0, 8).Select(_ => new NodeContact(Beside(place), Nobody()))], Peers = [Nobody(), Nobody()] },
            (Lie.Accomplices, { } place) => plain with { Nodes = dht.Masks(place) },
            _ => null,
        };
    }

    private NodeId Beside(NodeId place) => place.Neighbour(NodeId.Bits - 1 - dht.Random.Next(100), dht.Random);

    private IPEndPoint Nobody() => new(new IPAddress(0x01000000 + dht.Random.Next(0x01000000)), 1 + dht.Random.Next(65_000));

    private void Send(KrpcMessage message, IPEndPoint to) => dht.Send(message, Address, to);
}
