using System.Buffers;

namespace BtFs.Fuse.Replies;

/// <summary>Collects the bytes that answer one READ. They go to the kernel in one call, without being copied on the way.</summary>
/// <remarks>Belongs to one read at a time and is used again: do not keep it.</remarks>
public sealed class ReadReply
{
    private const int UsualSegments = 16;

    private readonly List<IDisposable> _leases = new(UsualSegments);
    private ReadOnlyMemory<byte>[] _segments = new ReadOnlyMemory<byte>[UsualSegments];
    private int _capacity;

    internal ReadReply()
    {
    }

    /// <summary>Bytes taken so far.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes that still fit.</summary>
    public int Remaining => _capacity - Length;

    internal Errno Error { get; private set; }

    internal ReadOnlySpan<ReadOnlyMemory<byte>> Segments => _segments.AsSpan(0, SegmentCount);

    internal int SegmentCount { get; private set; }

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

        if (SegmentCount == _segments.Length)
        {
            Array.Resize(ref _segments, _segments.Length * 2);
        }

        _segments[SegmentCount++] = segment;
        Length += segment.Length;
    }

    /// <summary>Disposes <paramref name="lease"/> once the kernel has the bytes, or has turned out not to want them. May be called several times.</summary>
    public void DisposeWhenSent(IDisposable lease) => _leases.Add(lease);

    /// <summary>Answers with an error in place of bytes.</summary>
    public void Fail(Errno error) => Error = error;

    internal void Begin(int size)
    {
        _capacity = size;
        Length = 0;
        Error = Errno.None;
    }

    /// <summary>Gives everything back; afterwards the reply can serve another read.</summary>
    internal void Clear()
    {
        Array.Clear(_segments, 0, SegmentCount);
        SegmentCount = 0;
        Length = 0;
        Error = Errno.None;
        foreach (var lease in _leases)
        {
            lease.Dispose();
        }

        _leases.Clear();
    }
}
