using System.Buffers;
using System.Numerics;

namespace BtFs.Engine.Peers;

/// <summary>Bytes to send, in one pooled array that grows. Holds no memory while it is empty. One user at a time.</summary>
internal sealed class SendBuffer : IBufferWriter<byte>
{
    private const int Smallest = 256;

    private byte[] _bytes = [];

    /// <summary>Bytes written.</summary>
    internal int Length { get; private set; }

    /// <summary>The bytes written, valid until the next call.</summary>
    internal ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <inheritdoc/>
    public void Advance(int count) => Length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(1, sizeHint));
        return _bytes.AsMemory(Length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Forgets what came first, <paramref name="count"/> bytes of it.</summary>
    internal void RemoveFront(int count)
    {
        _bytes.AsSpan(count, Length - count).CopyTo(_bytes);
        Length -= count;
    }

    /// <summary>Forgets what was written, and gives the array back.</summary>
    internal void Clear()
    {
        Length = 0;
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }

    private void Reserve(int count)
    {
        var needed = Length + count;
        if (needed <= _bytes.Length)
        {
            return;
        }

        var longer = ArrayPool<byte>.Shared.Rent((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(needed, Smallest)));
        _bytes.AsSpan(0, Length).CopyTo(longer);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = longer;
    }
}
