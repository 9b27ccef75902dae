using System.Net;
using BtFs.Engine.Dht;
using BtFs.Protocol.Dht;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Testing.Dht;

/// <summary>A node of ours in a <see cref="SimulatedDht"/>.</summary>
internal sealed class HonestNode : ISimulatedNode, IDhtWire
{
    private readonly SimulatedDht _dht;
    private long _second;
    private int _bytes;

    internal HonestNode(SimulatedDht dht, IPEndPoint address)
    {
        _dht = dht;
        Address = address;
        Node = new DhtNode(this, DhtFamilies.IPv4, [address.Address], dht.Time, dht.Random, NullLogger.Instance);
    }

    internal IPEndPoint Address { get; }

    internal DhtNode Node { get; }

    /// <summary>Begins with some of the well-known nodes.</summary>
    internal void Join()
    {
        Node.Handle(new DhtEvent.NodesNamed(_dht.SomeEntryPoints()));
        Tick();
    }

    /// <inheritdoc/>
    public void Receive(ReadOnlyMemory<byte> packet, IPEndPoint from) => Node.Handle(new DhtEvent.PacketReceived(packet, from));

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> packet, IPEndPoint to)
    {
        var second = _dht.Agenda.Now.Ticks / TimeSpan.TicksPerSecond;
        (_bytes, _second) = (second == _second ? _bytes + packet.Length : packet.Length, second);
        _dht.Sent(_bytes);
        _dht.Send(packet, Address, to);
    }

    private void Tick()
    {
        Node.Handle(new DhtEvent.Tick());
        _dht.Agenda.At(_dht.Agenda.Now + Node.Pace, Tick);
    }
}
