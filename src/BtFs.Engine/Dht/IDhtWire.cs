using System.Net;

namespace BtFs.Engine.Dht;

/// <summary>Where the DHT's packets go out. What comes in is posted as <see cref="DhtEvent.PacketReceived"/>.</summary>
internal interface IDhtWire
{
    /// <summary>Sends a packet, or loses it: never waits and never fails.</summary>
    void Send(ReadOnlySpan<byte> packet, IPEndPoint to);
}
