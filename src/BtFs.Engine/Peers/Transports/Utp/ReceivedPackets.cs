using System.Buffers;
using BtFs.Protocol.Utp;

namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>What has come and was not read yet, in order or not: the receiver's window.</summary>
/// <param name="lastInOrder">Up to which everything has come.</param>
/// <param name="capacity">Bytes kept at most.</param>
internal sealed class ReceivedPackets(ushort lastInOrder, int capacity) : IDisposable
{
    private readonly ByteRing _inOrder = new();
    private EarlyPacket[] _early = [];
    private int _earlyBytes;
    private int _earlyCount;
    private ushort? _last;

    /// <summary>Up to which everything has come: what is acknowledged.</summary>
    internal ushort LastInOrder { get; private set; } = lastInOrder;

    /// <summary>Bytes to be read.</summary>
    internal int Readable => _inOrder.Count;

    /// <summary>The same room, from another number on.</summary>
    internal ReceivedPackets Anew(ushort lastInOrder) => new(lastInOrder, capacity);

    /// <summary>Bytes that may still come; negative when more came than was allowed.</summary>
    internal int Window => capacity - _inOrder.Count - _earlyBytes;

    /// <summary>Whether something after a gap has come.</summary>
    internal bool HasGap => _earlyCount > 0;

    /// <summary>Whether the peer's last packet and all before it have come.</summary>
    internal bool HasEnded => _last is { } last && SequenceNumber.Ahead(LastInOrder, last) >= 0;

    /// <summary>Takes a packet with a sequence number.</summary>
    /// <returns>True when it was the next one in order. Else what was expected is still missing, or there was no room for it.</returns>
    internal bool Add(ushort number, ReadOnlySpan<byte> payload, bool isLast)
    {
        var ahead = SequenceNumber.Ahead(number, LastInOrder);

        // What everybody waits for finds room even where early ones have taken all of it: a sender who exceeds the window must not end in a deadlock.
        var room = ahead == 1 ? capacity - _inOrder.Count : Window;
        if (ahead <= 0 || ahead > UtpLimits.EarlyPackets || payload.Length > room || (_last is { } last && SequenceNumber.Ahead(number, last) > 0))
        {
            return false;
        }

        if (isLast)
        {
            _last ??= number;
        }

        if (ahead > 1)
        {
            Keep(number, payload);
            return false;
        }

        _inOrder.Add(payload);
        LastInOrder = number;
        while (_earlyCount > 0 && TakeEarly(SequenceNumber.Plus(LastInOrder, 1)))
        {
            LastInOrder = SequenceNumber.Plus(LastInOrder, 1);
        }

        return true;
    }

    /// <summary>Takes bytes out for the reader.</summary>
    internal int Read(Span<byte> into) => _inOrder.Take(into);

    /// <summary>Throws away what is to be read.</summary>
    internal void Discard() => _inOrder.Dispose();

    /// <summary>Says which packets after the first missing one are here (BEP 29, "Selective ACK").</summary>
    /// <param name="mask">At least <see cref="UtpLimits.MaskBytes"/> long.</param>
    /// <returns>Its length: 0 without a gap, else a multiple of 4.</returns>
    internal int WriteMask(Span<byte> mask)
    {
        mask[..UtpLimits.MaskBytes].Clear();
        var length = 0;
        for (int i = 0, left = _earlyCount; left > 0; i++)
        {
            if (_early[SequenceNumber.Plus(LastInOrder, i + 2) & (UtpLimits.EarlyPackets - 1)].Bytes is not null)
            {
                mask[i / 8] |= (byte)(1 << (i % 8));
                length = ((i / 32) + 1) * 4;
                left--;
            }
        }

        return length;
    }

    /// <summary>Forgets everything.</summary>
    public void Dispose()
    {
        _inOrder.Dispose();
        foreach (var packet in _early)
        {
            if (packet.Bytes is { } bytes)
            {
                ArrayPool<byte>.Shared.Return(bytes);
            }
        }

        (_early, _earlyBytes, _earlyCount) = ([], 0, 0);
    }

    private void Keep(ushort number, ReadOnlySpan<byte> payload)
    {
        if (_early.Length == 0)
        {
            _early = new EarlyPacket[UtpLimits.EarlyPackets];
        }

        ref var slot = ref _early[number & (UtpLimits.EarlyPackets - 1)];
        if (slot.Bytes is null)
        {
            // At least one byte: an empty array is not the pool's.
            slot = new EarlyPacket(ArrayPool<byte>.Shared.Rent(Math.Max(1, payload.Length)), payload.Length);
            payload.CopyTo(slot.Bytes);
            _earlyBytes += payload.Length;
            _earlyCount++;
        }
    }

    private bool TakeEarly(ushort number)
    {
        ref var slot = ref _early[number & (UtpLimits.EarlyPackets - 1)];
        if (slot.Bytes is not { } bytes)
        {
            return false;
        }

        _inOrder.Add(bytes.AsSpan(0, slot.Length));
        _earlyBytes -= slot.Length;
        _earlyCount--;
        slot = default;
        ArrayPool<byte>.Shared.Return(bytes);
        return true;
    }

    private readonly record struct EarlyPacket(byte[]? Bytes, int Length);
}
