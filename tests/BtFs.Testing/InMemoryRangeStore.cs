using System.Collections.Concurrent;
using BtFs.Engine;
using BtFs.Engine.Layout;
using BtFs.Engine.Storage;
using BtFs.Engine.Verifying;

namespace BtFs.Testing;

/// <summary>A store that is a dictionary: no disk, and nothing is lost unless a test says so.</summary>
/// <param name="lost">Told of each piece that is let go.</param>
/// <param name="standIn">Read instead of every piece, so that none is kept: for runs that count and do not compare. The store takes over the hold.</param>
internal sealed class InMemoryRangeStore(Action<PieceIndex> lost, SharedBuffer? standIn = null) : IRangeStore
{
    private readonly ConcurrentDictionary<PieceIndex, VerifiedRange> _ranges = [];

    public IReadOnlyCollection<PieceIndex> Present => [];

    public long BytesWaiting { get; set; }

    public long Capacity { get; set; } = long.MaxValue;

    public long Room { get; set; } = long.MaxValue;

    /// <summary>What readers are about to read, as the loop told it last.</summary>
    public IReadOnlyList<PieceSpan> Live { get; private set; } = [];

    public void Protect(IReadOnlyList<PieceSpan> live) => Live = live;

    public bool TryRead(PieceSlice slice, ContentSegments into)
    {
        if (!_ranges.TryGetValue(slice.Piece, out var range) || !range.Covers(slice) || !range.Bytes.TryHold())
        {
            return false;
        }

        into.Add(range.Bytes, slice.Offset, slice.Length);
        return true;
    }

    public ValueTask<bool> ReadAsync(PieceSlice slice, ContentSegments into, CancellationToken cancel) =>
        ValueTask.FromResult(TryRead(slice, into));

    public void Add(VerifiedRange range)
    {
        var kept = range;
        if (standIn is not null && standIn.TryHold())
        {
            range.Bytes.Release();
            kept = new VerifiedRange(range.Where, standIn);
        }

        if (!_ranges.TryAdd(kept.Where.Piece, kept))
        {
            kept.Bytes.Release();
        }
    }

    /// <summary>Lets go of a piece, as an eviction would.</summary>
    public void Evict(PieceIndex piece)
    {
        if (_ranges.TryRemove(piece, out var range))
        {
            range.Bytes.Release();
            lost(piece);
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (var (piece, _) in _ranges)
        {
            if (_ranges.TryRemove(piece, out var range))
            {
                range.Bytes.Release();
            }
        }

        standIn?.Release();
        return ValueTask.CompletedTask;
    }
}
