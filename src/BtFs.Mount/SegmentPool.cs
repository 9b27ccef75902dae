using System.Collections.Concurrent;
using BtFs.Engine;
using BtFs.Fuse;
using BtFs.Fuse.Replies;

namespace BtFs.Mount;

/// <summary>Keeps the lists of segments between reads, so that a read that is answered from memory allocates nothing.</summary>
internal sealed class SegmentPool
{
    private readonly ConcurrentQueue<SegmentLease> _free = [];

    /// <summary>A lease that nobody else uses until it is disposed.</summary>
    public SegmentLease Rent() => _free.TryDequeue(out var lease) ? lease : new SegmentLease(this);

    internal void Return(SegmentLease lease) => _free.Enqueue(lease);
}

/// <summary>The bytes of one answer, held until the kernel has them.</summary>
internal sealed class SegmentLease(SegmentPool pool) : IDisposable
{
    /// <summary>What the engine filled in.</summary>
    public ContentSegments Segments { get; } = new();

    /// <summary>Hands every run to the reply, uncopied.</summary>
    public void AddTo(ReadReply reply)
    {
        for (var i = 0; i < Segments.Count; i++)
        {
            reply.Add(Segments[i]);
        }
    }

    /// <summary>Gives up the runs, and this.</summary>
    public void Dispose()
    {
        Segments.Dispose();
        pool.Return(this);
    }
}
