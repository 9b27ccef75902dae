using System.Net;
using BtFs.Engine.Datagrams;
using BtFs.Protocol.Dht;

namespace BtFs.Engine.Dht;

/// <summary>The DHT's part of the UDP port: what begins as a bencoded dictionary.</summary>
/// <param name="port">The port; stays its owner's.</param>
/// <param name="received">Takes a packet, which is its own from then on, and its sender. Must not wait.</param>
internal sealed class UdpDhtWire(UdpPort port, Action<ReadOnlyMemory<byte>, IPEndPoint> received) : IDhtWire, IDatagramReceiver
{
    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> packet, IPEndPoint to)
    {
        if (port.Reaches(to))
        {
            port.Send(packet, packet.Length, port.NameOf(to));
        }
    }

    /// <inheritdoc/>
    public void Receive(ReadOnlySpan<byte> datagrams, int each, in SocketName from)
    {
        IPEndPoint? sender = null;
        while (!datagrams.IsEmpty)
        {
            var packet = datagrams[..Math.Min(each, datagrams.Length)];
            datagrams = datagrams[packet.Length..];

            // What is longer than any is not copied, either.
            if (packet[0] == (byte)'d' && packet.Length <= KrpcMessage.MaxBytes)
            {
                received(packet.ToArray(), sender ??= from.ToEndPoint());
            }
        }
    }
}
