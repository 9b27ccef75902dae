using System.Buffers;

namespace BtFs.Fuse.Replies;

/// <summary>Collects the bytes that answer one READ. They go to the kernel in one call, without being copied on the way.</summary>
/// <remarks>Belongs to one read at a time and is used again: do not keep it.</remarks>
public sealed class ReadReply
{
    private const int UsualSegments = 16;

    private readonly List<IDisposable> _leases = new(UsualSegments);
    private ReadOnlyMemory<byte>[] _segments = new ReadOnlyMemory<byte>[UsualSegments];
    private MemoryHandle[] _pins = new MemoryHandle[UsualSegments];
    private int _capacity;
    private int _count;

    /// <param name="capacity">Most bytes it takes.</param>
    public ReadReply(int capacity = 0) => _capacity = capacity;

    /// <summary>Bytes taken so far.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes that still fit.</summary>
    public int Remaining => _capacity - Length;

    /// <summary>The error given to <see cref="Fail"/>.</summary>
    public Errno Error { get; private set; }

    /// <summary>What was added, in order.</summary>
    public ReadOnlySpan<ReadOnlyMemory<byte>> Segments => _segments.AsSpan(0, _count);

    /// <summary>Adds the next bytes of the answer. Memory outside the managed heap is best: it need not be pinned.</summary>
    /// <param name="segment">Must not change before the reply was sent; see <see cref="DisposeWhenSent"/>.</param>
    /// <exception cref="ArgumentException">More bytes than the kernel asked for.</exception>
    public void Add(ReadOnlyMemory<byte> segment)
    {
        if (segment.Length > Remaining)
        {
            throw new ArgumentException($"{segment.Length} bytes do not fit: {Remaining} of {_capacity} are still wanted.", nameof(segment));
        }

        if (segment.IsEmpty)
        {
            return;
        }

        if (_count == _segments.Length)
        {
            Array.Resize(ref _segments, _segments.Length * 2);
            Array.Resize(ref _pins, _segments.Length);
        }

        _segments[_count++] = segment;
        Length += segment.Length;
    }

    /// <summary>Disposes <paramref name="lease"/> once the kernel has the bytes, or has turned out not to want them. May be called several times.</summary>
    public void DisposeWhenSent(IDisposable lease) => _leases.Add(lease);

    /// <summary>Answers with an error in place of bytes.</summary>
    public void Fail(Errno error) => Error = error;

    /// <summary>Forgets what was added and disposes what was leased; afterwards the reply can serve another read.</summary>
    public void Clear()
    {
        Array.Clear(_segments, 0, _count);
        _count = 0;
        Length = 0;
        Error = Errno.None;
        try
        {
            foreach (var lease in _leases)
            {
                lease.Dispose();
            }
        }
        finally
        {
            _leases.Clear();
        }
    }

    internal void Begin(int size) => _capacity = size;

    internal ReadOnlySpan<MemoryHandle> Pin()
    {
        for (var i = 0; i < _count; i++)
        {
            _pins[i] = _segments[i].Pin();
        }

        return _pins.AsSpan(0, _count);
    }

    internal void Unpin()
    {
        for (var i = 0; i < _count; i++)
        {
            _pins[i].Dispose();
            _pins[i] = default;
        }
    }
}
