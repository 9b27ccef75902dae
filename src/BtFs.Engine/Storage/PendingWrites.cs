using System.Collections.Concurrent;
using System.Threading.Channels;
using BtFs.Engine.Layout;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Storage;

/// <summary>Ranges on their way to the disk, readable meanwhile. Anybody adds, one writer takes. Safe from any thread.</summary>
internal sealed class PendingWrites
{
    /// <summary>Bytes above which ranges are turned away, so that a stuck disk cannot eat the memory: 64 MiB.</summary>
    internal const long HardLimit = 64L << 20;

    private readonly ConcurrentDictionary<PieceIndex, VerifiedRange> _ranges = [];
    private readonly Channel<PendingChange> _queue = Channel.CreateUnbounded<PendingChange>(new() { SingleReader = true });
    private long _bytes;

    /// <summary>Bytes of the ranges under way.</summary>
    internal long Bytes => Interlocked.Read(ref _bytes);

    internal ChannelReader<PendingChange> Queue => _queue.Reader;

    internal bool Contains(PieceIndex piece) => _ranges.ContainsKey(piece);

    /// <summary>Queues a range with a hold of its own, unless there is no room, it is queued already, or the end has come.</summary>
    internal void TryAdd(VerifiedRange range)
    {
        if (Bytes + range.Where.Length > HardLimit && Bytes > 0)
        {
            return;
        }

        if (!range.Bytes.TryHold())
        {
            throw new InvalidOperationException($"Piece {range.Where.Piece} was stored without a hold.");
        }

        if (!_ranges.TryAdd(range.Where.Piece, range))
        {
            range.Bytes.Release();
            return;
        }

        Interlocked.Add(ref _bytes, range.Where.Length);
        if (!_queue.Writer.TryWrite(new PendingChange(PendingChangeKind.Write, range.Where.Piece, range)))
        {
            Remove(range);
        }
    }

    /// <summary>Queues the note that a piece is no longer on the disk, behind all that was queued before.</summary>
    internal void AddGone(PieceIndex piece) => _queue.Writer.TryWrite(new PendingChange(PendingChangeKind.Gone, piece));

    /// <summary>Queues the note that a suspect piece was found right.</summary>
    internal void AddBelieved(PieceIndex piece) => _queue.Writer.TryWrite(new PendingChange(PendingChangeKind.Believed, piece));

    /// <summary>Has the writer see whether anything is due.</summary>
    internal void Wake() => _queue.Writer.TryWrite(new PendingChange(PendingChangeKind.Wake));

    /// <summary>Ends a range's wait: it is on disk, or never will be.</summary>
    internal void Remove(VerifiedRange range)
    {
        _ranges.TryRemove(range.Where.Piece, out _);
        Interlocked.Add(ref _bytes, -range.Where.Length);
        range.Bytes.Release();
    }

    /// <summary>Adds a slice to <paramref name="into"/>, with a hold, if its range is under way.</summary>
    internal bool TryRead(PieceSlice slice, ContentSegments into)
    {
        if (!_ranges.TryGetValue(slice.Piece, out var range) || !range.Covers(slice) || !range.Bytes.TryHold())
        {
            return false;
        }

        into.Add(range.Bytes, slice.Offset, slice.Length);
        return true;
    }

    /// <summary>Accepts nothing more; what is queued is still to be taken.</summary>
    internal void Complete() => _queue.Writer.TryComplete();
}
