using System.Buffers;
using System.Runtime.InteropServices;

namespace BtFs.Engine.Verifying;

/// <summary>The memory of one piece: outside the managed heap, and alive as long as anybody holds it.</summary>
/// <remarks>
/// Born with one holder. Whoever needs the bytes to stay takes a hold with <see cref="TryHold"/> and gives it back with
/// <see cref="Release"/>; the last one out hands the memory back. After that no <see cref="Memory"/> taken from it may be used.
/// It lives once: the pool gives the memory a second life under a new object, so a reference kept too long finds it dead and
/// never somebody else's bytes. Safe from any thread.
/// </remarks>
internal sealed unsafe class SharedBuffer : MemoryManager<byte>
{
    private readonly byte* _bytes;
    private readonly int _length;
    private readonly Action<SharedBuffer> _returned;
    private int _holders = 1;

    /// <param name="length">Bytes, above 0.</param>
    /// <param name="returned">Called once for each life, on the thread of the last holder.</param>
    internal SharedBuffer(int length, Action<SharedBuffer> returned)
        : this((byte*)NativeMemory.Alloc((nuint)length), length, returned)
    {
    }

    /// <summary>Wraps memory that was allocated by <see cref="NativeMemory"/> and lies idle.</summary>
    internal SharedBuffer(byte* bytes, int length, Action<SharedBuffer> returned)
    {
        _bytes = bytes;
        _length = length;
        _returned = returned;
    }

    internal int Length => _length;

    /// <summary>Where the bytes lie. For the pool.</summary>
    internal byte* Address => _bytes;

    /// <summary>One more holder, unless the memory is already on its way back.</summary>
    internal bool TryHold()
    {
        var seen = Volatile.Read(ref _holders);
        while (seen > 0)
        {
            var before = Interlocked.CompareExchange(ref _holders, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>One holder less.</summary>
    /// <exception cref="InvalidOperationException">There was none left: somebody gave back a hold twice.</exception>
    internal void Release()
    {
        var left = Interlocked.Decrement(ref _holders);
        if (left == 0)
        {
            _returned(this);
        }
        else if (left < 0)
        {
            throw new InvalidOperationException("A buffer was released more often than it was held.");
        }
    }

    /// <summary>Gives the memory back to the system. Only without holders.</summary>
    internal void Free() => NativeMemory.Free(_bytes);

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => new(_bytes, _length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(_bytes + elementIndex);

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}
