using System.Net;
using BtFs.Protocol.Dht;

namespace BtFs.Testing.Dht;

/// <summary>A liar's second face: it stands right at whatever it is asked for, where its address does not belong (BEP 42).</summary>
internal sealed class LyingMask(SimulatedDht dht, IPEndPoint address) : ISimulatedNode
{
    /// <summary>Bits shared with the target: far more than any honest node has.</summary>
    private const int Nearness = 100;

    internal IPEndPoint Address { get; } = address;

    /// <summary>Announces that were lost here.</summary>
    internal int Lost { get; private set; }

    /// <summary>Where it stands as seen from a place; the same each time, or it would be found out.</summary>
    internal NodeId Beside(NodeId place) => place.Neighbour(Nearness, new Random(BitConverter.ToInt32(Address.Address.GetAddressBytes())));

    /// <inheritdoc/>
    public void Receive(ReadOnlyMemory<byte> packet, IPEndPoint from)
    {
        if (!KrpcReader.TryRead(packet, out var message) || message is not KrpcMessage.Query query)
        {
            return;
        }

        var place = query.Asked switch
        {
            DhtQuery.FindNode find => find.Target,
            DhtQuery.GetPeers get => NodeId.Of(get.Torrent),
            DhtQuery.AnnouncePeer announce => NodeId.Of(announce.Torrent),
            _ => default,
        };
        Lost += query.Asked is DhtQuery.AnnouncePeer ? 1 : 0;
        dht.Send(new KrpcMessage.Reply(query.Transaction, new DhtReply(Beside(place)) { Token = "mask"u8.ToArray(), Nodes = dht.Masks(place) }), Address, from);
    }
}
