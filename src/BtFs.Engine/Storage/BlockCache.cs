using BtFs.Engine.Layout;
using BtFs.Engine.Verifying;
using Microsoft.Extensions.Caching.Memory;

namespace BtFs.Engine.Storage;

/// <summary>Verified ranges in memory, the longest unread leaving first. One for the process, so one byte limit for all torrents. Safe from any thread.</summary>
/// <remarks>
/// The cache has one hold on each range and gives it back when the range is evicted; readers have holds of their own, so that
/// an eviction never pulls memory from under them.
/// </remarks>
internal sealed class BlockCache : IDisposable
{
    /// <summary>Part of the limit freed at least when room is made: finding the oldest lists and sorts all entries, so it must be worth it.</summary>
    /// <remarks>With pieces of 256 KiB the lists come to 15 bytes for each block read; they were 60 with a part of 1/32.</remarks>
    private const int LeastRoomDivisor = 8;

    private static readonly PostEvictionCallbackRegistration LetGo = new() { EvictionCallback = OnEvicted };

    private readonly Lock _adding = new();
    private readonly MemoryCache _ranges;
    private readonly long _limit;

    /// <param name="limit">Bytes, above 0. A single longer range is still accepted, alone.</param>
    internal BlockCache(long limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        _limit = limit;
        _ranges = new MemoryCache(new MemoryCacheOptions
        {
            SizeLimit = limit,
            TrackStatistics = true,
            Clock = new LookupClock(),
            // Nothing expires, so there is nothing to scan for.
            ExpirationScanFrequency = TimeSpan.MaxValue,
        });
    }

    /// <summary>Bytes kept at most.</summary>
    internal long Limit => _limit;

    /// <summary>Bytes kept.</summary>
    internal long Bytes => _ranges.GetCurrentStatistics()!.CurrentEstimatedSize!.Value;

    /// <summary>Keeps a range and takes over its hold. What was longest unread makes room.</summary>
    internal void Add(RangeKey key, VerifiedRange range)
    {
        var weight = Math.Min(range.Where.Length, _limit);

        // Two at once could each find room that only one of them can have, and the cache refuses what does not fit.
        lock (_adding)
        {
            _ranges.Remove(key);
            MakeRoom(weight);
            using var entry = _ranges.CreateEntry(key);
            entry.Value = range;
            entry.Size = weight;
            entry.PostEvictionCallbacks.Add(LetGo);
        }
    }

    /// <summary>Adds a slice to <paramref name="into"/>, with a hold, if it is here.</summary>
    internal bool TryRead(RangeKey key, PieceSlice slice, ContentSegments into)
    {
        if (!_ranges.TryGetValue(key, out var found))
        {
            return false;
        }

        // Evicted between the lookup and the hold: then the memory may be on its way back, and the hold is refused.
        var range = (VerifiedRange)found!;
        if (!range.Covers(slice) || !range.Bytes.TryHold())
        {
            return false;
        }

        into.Add(range.Bytes, slice.Offset, slice.Length);
        return true;
    }

    internal bool Contains(RangeKey key) => _ranges.TryGetValue(key, out _);

    internal void Remove(RangeKey key) => _ranges.Remove(key);

    /// <summary>Lets go of everything, and accepts nothing more.</summary>
    public void Dispose()
    {
        // Disposing alone would forget the entries without telling anybody.
        _ranges.Clear();
        _ranges.Dispose();
    }

    private void MakeRoom(long weight)
    {
        for (var bytes = Bytes; bytes + weight > _limit && _ranges.Count > 0; bytes = Bytes)
        {
            var wanted = Math.Max(bytes + weight - _limit, _limit / LeastRoomDivisor);

            // The cache takes a share of its entries, not of its bytes, and rounds down: never ask for less than one of them.
            var share = Math.Max((double)wanted / bytes, 1.5 / _ranges.Count);
            _ranges.Compact(Math.Min(share, 1));
        }
    }

    private static void OnEvicted(object key, object? range, EvictionReason reason, object? state)
    {
        ((VerifiedRange)range!).Bytes.Release();
        ((RangeKey)key).OnEvicted();
    }
}
