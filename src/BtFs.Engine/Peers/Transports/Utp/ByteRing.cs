using System.Buffers;

namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>Bytes in order, put in at one end and taken out at the other. Holds no memory while it is empty.</summary>
internal sealed class ByteRing : IDisposable
{
    private const int LeastBytes = 4 * 1024;

    private byte[] _bytes = [];
    private int _start;

    internal int Count { get; private set; }

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        Reserve(Count + bytes.Length);
        var at = (_start + Count) % _bytes.Length;
        var first = Math.Min(bytes.Length, _bytes.Length - at);
        bytes[..first].CopyTo(_bytes.AsSpan(at));
        bytes[first..].CopyTo(_bytes);
        Count += bytes.Length;
    }

    /// <summary>Takes as many as there are and fit.</summary>
    internal int Take(Span<byte> into)
    {
        var count = Math.Min(into.Length, Count);
        if (count == 0)
        {
            return 0;
        }

        var first = Math.Min(count, _bytes.Length - _start);
        _bytes.AsSpan(_start, first).CopyTo(into);
        _bytes.AsSpan(0, count - first).CopyTo(into[first..]);
        _start = (_start + count) % _bytes.Length;
        Count -= count;
        if (Count == 0)
        {
            Dispose();
        }

        return count;
    }

    /// <summary>Forgets everything.</summary>
    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        (_bytes, _start, Count) = ([], 0, 0);
    }

    private void Reserve(int count)
    {
        if (count <= _bytes.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(LeastBytes, Math.Max(count, 2 * _bytes.Length)));
        var kept = Count;
        if (kept > 0)
        {
            // Not Take, which gives the memory back.
            var first = Math.Min(kept, _bytes.Length - _start);
            _bytes.AsSpan(_start, first).CopyTo(larger);
            _bytes.AsSpan(0, kept - first).CopyTo(larger.AsSpan(first));
        }

        Dispose();
        (_bytes, Count) = (larger, kept);
    }
}
