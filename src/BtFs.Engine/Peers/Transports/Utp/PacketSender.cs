using BtFs.Protocol.Utp;

namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>Writes the packets of a connection and hands them to the system, which may take none for a moment.</summary>
/// <param name="ids">The connection's numbers.</param>
/// <param name="output">Where packets go.</param>
/// <param name="sent">What is to be sent, and was.</param>
/// <param name="delays">What a packet tells of the other direction.</param>
/// <param name="acks">What is owed to the peer: any packet pays it.</param>
/// <param name="clocks">Notes when something was sent, and when to try again.</param>
internal sealed class PacketSender(UtpIds ids, IUtpOutput output, SentPackets sent, PathDelays delays, PendingAcks acks, UtpClocks clocks)
{
    /// <summary>What has come, of which every packet tells.</summary>
    internal required ReceivedPackets Received { private get; set; }

    /// <summary>The number of our FIN, once there is one.</summary>
    internal ushort? Fin { private get; set; }

    /// <summary>Sends what is due, as far as the windows allow.</summary>
    /// <param name="window">The windows.</param>
    /// <param name="isCalling">Whether what is due is a SYN.</param>
    /// <param name="now">The time.</param>
    /// <returns>False when something due could not go.</returns>
    internal bool SendDue(SendWindow window, bool isCalling, long now)
    {
        while (sent.Due > 0)
        {
            ref var packet = ref sent.NextDue(out var number);
            if (!window.Fits(packet.Payload))
            {
                return false;
            }

            var datagram = packet.Datagram.AsSpan(0, UtpHeader.Bytes + packet.Payload);
            var type = isCalling ? UtpPacketType.Syn : number == Fin ? UtpPacketType.Fin : UtpPacketType.Data;
            (Header(type, number, now) with { ConnectionId = isCalling ? ids.Receive : ids.Send }).Write(datagram);
            if (!output.TrySend(datagram))
            {
                clocks.Blocked = now + UtpLimits.BlockedPause;
                return false;
            }

            sent.Sent(ref packet, now);
            IsSent(now);

            // A gap can only be told by a packet of its own.
            acks.IsUrgent &= Received.HasGap;
        }

        return true;
    }

    /// <summary>Acknowledges what has come, gaps included, in a packet of its own.</summary>
    internal void Acknowledge(long now)
    {
        Span<byte> mask = stackalloc byte[UtpLimits.MaskBytes];
        SendPlain(UtpPacketType.State, mask[..Received.WriteMask(mask)], now);
    }

    /// <summary>Tells the peer that the connection is no more.</summary>
    internal void Reset(long now) => SendPlain(UtpPacketType.Reset, [], now);

    private void SendPlain(UtpPacketType type, ReadOnlySpan<byte> mask, long now)
    {
        Span<byte> datagram = stackalloc byte[UtpHeader.Bytes + UtpPacket.ExtensionPrefix + UtpLimits.MaskBytes];
        if (output.TrySend(datagram[..UtpPacket.Write(datagram, Header(type, sent.Next, now), mask)]))
        {
            acks.IsUrgent = false;
            IsSent(now);
        }
        else
        {
            clocks.Blocked = now + UtpLimits.BlockedPause;
        }
    }

    private UtpHeader Header(UtpPacketType type, ushort number, long now) => new(
        type, ids.Send, unchecked((uint)now), delays.Last, (uint)Math.Max(0, Received.Window), number, Received.LastInOrder);

    private void IsSent(long now)
    {
        acks.Sent(Received.Window);
        clocks.LastSent = now;
    }
}
