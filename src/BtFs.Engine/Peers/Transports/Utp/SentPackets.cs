using System.Buffers;
using System.Numerics;
using BtFs.Protocol.Utp;

namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>What was sent and is not known to have come: the sender's window.</summary>
internal sealed class SentPackets(ushort first) : IDisposable
{
    private const int LeastSlots = 16;

    private SentPacket[] _slots = [];
    private long _transmissions;
    private long _latestAcked = -1;

    /// <summary>The oldest that is not acknowledged; the next to be made where all are.</summary>
    internal ushort First { get; private set; } = first;

    /// <summary>The number of the next one.</summary>
    internal ushort Next => SequenceNumber.Plus(First, Count);

    /// <summary>From the oldest on, acknowledged ones in between included.</summary>
    internal int Count { get; private set; }

    /// <summary>Payload on its way.</summary>
    internal int BytesInFlight { get; private set; }

    /// <summary>Packets that are to be sent.</summary>
    internal int Due { get; private set; }

    /// <summary>The number of the next transmission.</summary>
    internal long Transmissions => _transmissions;

    private int Mask => _slots.Length - 1;

    /// <summary>Makes the next packet, due. Its header is yet to be written.</summary>
    internal ref SentPacket Add(int payload)
    {
        if (Count == _slots.Length)
        {
            Grow();
        }

        ref var packet = ref _slots[Next & Mask];
        packet = new SentPacket { Datagram = ArrayPool<byte>.Shared.Rent(UtpHeader.Bytes + payload), Payload = payload, IsDue = true };
        Count++;
        Due++;
        return ref packet;
    }

    /// <summary>The first that is due. There must be one.</summary>
    /// <param name="number">Its number.</param>
    internal ref SentPacket NextDue(out ushort number)
    {
        number = First;
        while (!_slots[number & Mask].IsDue)
        {
            number = SequenceNumber.Plus(number, 1);
        }

        return ref _slots[number & Mask];
    }

    /// <summary>A due packet goes out.</summary>
    internal void Sent(ref SentPacket packet, long now)
    {
        packet.IsDue = false;
        packet.SentAt = now;
        packet.Transmissions++;
        packet.Order = _transmissions++;
        BytesInFlight += packet.Payload;
        Due--;
    }

    /// <summary>Whether an ack number can be the peer's: of something that was sent, or of what came right before.</summary>
    internal bool CanBeAcked(ushort ack) =>
        SequenceNumber.Ahead(ack, First) is var ahead && (ahead == -1 || (ahead >= 0 && ahead < Count && _slots[ack & Mask].Transmissions > 0));

    /// <summary>The peer has everything up to a number, and some of what comes after.</summary>
    /// <param name="ack">See <see cref="CanBeAcked"/>.</param>
    /// <param name="mask">What comes after, as BEP 29 has it.</param>
    /// <param name="now">The time.</param>
    /// <param name="roundTrip">Of the latest packet acknowledged that was sent only once; else null.</param>
    /// <returns>Bytes newly acknowledged; null where no packet was.</returns>
    internal int? Acknowledge(ushort ack, ReadOnlySpan<byte> mask, long now, out long? roundTrip)
    {
        roundTrip = null;
        int? bytes = null;
        var before = First;
        while (Count > 0 && SequenceNumber.Ahead(ack, First) >= 0)
        {
            Take(ref _slots[First & Mask], now, ref bytes, ref roundTrip);
            First = SequenceNumber.Plus(First, 1);
            Count--;
        }

        // The mask begins after the one that is missing: so not with a packet that does not exist.
        for (var i = 0; i < mask.Length * 8 && i + 1 < Count; i++)
        {
            if ((mask[i / 8] & (1 << (i % 8))) != 0)
            {
                Take(ref _slots[SequenceNumber.Plus(ack, i + 2) & Mask], now, ref bytes, ref roundTrip);
            }
        }

        return before == First ? bytes : bytes ?? 0;
    }

    /// <summary>Finds what must be lost because enough that was sent later has come. To be called after each <see cref="Acknowledge"/>.</summary>
    /// <param name="mask">The same: of what it does not cover nothing is known.</param>
    /// <returns>The latest transmission lost; null for none.</returns>
    internal long? FindLost(ReadOnlySpan<byte> mask)
    {
        var covered = Math.Min(Count, Covered(mask));
        long? latest = null;
        for (var i = 0; i < covered; i++)
        {
            ref var packet = ref _slots[SequenceNumber.Plus(First, i) & Mask];
            if (!packet.IsAcked && !packet.IsDue && packet.Order + UtpLimits.Reordering <= _latestAcked)
            {
                latest = Math.Max(latest ?? 0, packet.Order);
                Lose(ref packet);
            }
        }

        return latest;
    }

    /// <summary>The oldest is lost.</summary>
    /// <returns>Its transmission; null when there is none, it is due already, or the peer said once that it had come.</returns>
    internal long? LoseFirst()
    {
        if (Count == 0 || _slots[First & Mask] is { IsDue: true } or { IsAcked: true })
        {
            return null;
        }

        ref var packet = ref _slots[First & Mask];
        Lose(ref packet);
        return packet.Order;
    }

    /// <summary>Everything on its way is lost.</summary>
    internal void LoseAll()
    {
        for (var i = 0; i < Count; i++)
        {
            ref var packet = ref _slots[SequenceNumber.Plus(First, i) & Mask];
            if (!packet.IsAcked && !packet.IsDue)
            {
                Lose(ref packet);
            }
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Dispose()
    {
        foreach (ref var packet in _slots.AsSpan())
        {
            if (packet.Datagram is { } datagram)
            {
                ArrayPool<byte>.Shared.Return(datagram);
            }

            packet = default;
        }

        First = Next;
        (Count, BytesInFlight, Due) = (0, 0, 0);
    }

    // Bits up to the highest that is set, and the missing packet before them.
    private static int Covered(ReadOnlySpan<byte> mask)
    {
        var last = mask.LastIndexOfAnyExcept((byte)0);
        return last < 0 ? 1 : 1 + (last * 8) + BitOperations.Log2(mask[last]) + 1;
    }

    private void Take(ref SentPacket packet, long now, ref int? bytes, ref long? roundTrip)
    {
        // One that was never sent cannot have come, whatever the peer says.
        if (packet.Transmissions == 0 || packet.Datagram is not { } datagram)
        {
            return;
        }

        bytes = (bytes ?? 0) + packet.Payload;
        if (packet.IsDue)
        {
            Due--;
            packet.IsDue = false;
        }
        else
        {
            BytesInFlight -= packet.Payload;
        }

        if (packet.Transmissions == 1)
        {
            roundTrip = now - packet.SentAt;
        }

        _latestAcked = Math.Max(_latestAcked, packet.Order);
        packet.Datagram = null;
        ArrayPool<byte>.Shared.Return(datagram);
    }

    private void Lose(ref SentPacket packet)
    {
        packet.IsDue = true;
        BytesInFlight -= packet.Payload;
        Due++;
    }

    private void Grow()
    {
        var larger = new SentPacket[Math.Max(LeastSlots, 2 * _slots.Length)];
        for (var i = 0; i < Count; i++)
        {
            var number = SequenceNumber.Plus(First, i);
            larger[number & (larger.Length - 1)] = _slots[number & Mask];
        }

        _slots = larger;
    }
}
