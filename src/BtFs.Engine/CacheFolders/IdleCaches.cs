using BtFs.Engine.Layout;
using BtFs.Engine.Storage;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.CacheFolders;

/// <summary>The folders of a cache directory that nobody has open. What is in use is never touched, nor what is pinned.</summary>
/// <param name="cacheDirectory">The directory; it need not exist.</param>
/// <param name="log">Hears of a disk that fails.</param>
internal sealed class IdleCaches(string cacheDirectory, ILogger log) : IIdleCaches
{
    /// <summary>Pieces freed in one go at least, and the share of a torrent's: between two goes a mount may take the folder.</summary>
    private const int LeastAtOnce = 64;
    private const int GoesForAll = 32;

    /// <inheritdoc/>
    public long BytesOnDisk() => Try(() => CacheVisit.All(cacheDirectory).Where(visit => !visit.IsInUse).Sum(visit => visit.Folder.BytesOnDisk()));

    /// <inheritdoc/>
    public long Free(long bytes)
    {
        var freed = 0L;
        var candidates = new Queue<CacheFolderName>();
        Try(() => CollectLongestUnusedFirst(candidates));
        while (freed < bytes && candidates.TryDequeue(out var name))
        {
            var left = bytes - freed;
            freed += Try(() => FreeIn(name, left));
        }

        return freed;
    }

    /// <summary>Removes what killed processes left.</summary>
    internal void RemoveLeftovers() => Try(() =>
    {
        foreach (var visit in CacheVisit.All(cacheDirectory))
        {
            _ = visit.IsLeftover ? Try(() => RemoveLeftover(visit)) : 0;
        }

        return 0;
    });

    /// <summary>The cache is a help, no more: a disk that fails is told, and nothing was freed.</summary>
    private long Try(Func<long> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            StorageLog.CannotFree(log, e.Message);
            return 0;
        }
    }

    private long RemoveLeftover(CacheVisit visit)
    {
        // Taken first, looked at again then: its owner may have been about to lock it, and to have it kept.
        if (!visit.TryTake() || visit.Retention != CacheRetention.UntilClosed || visit.TryRemove() is not { } bytes)
        {
            return 0;
        }

        StorageLog.LeftoverRemoved(log, visit.Folder.Path);
        return bytes;
    }

    private long CollectLongestUnusedFirst(Queue<CacheFolderName> names)
    {
        var idle = CacheVisit.All(cacheDirectory)
            .Where(visit => visit.Retention != CacheRetention.Pinned && !visit.IsInUse)
            .Select(visit => (visit.Name, visit.Retention, visit.LastUsed));
        foreach (var (name, _, _) in idle.OrderBy(folder => folder.Retention).ThenBy(folder => folder.LastUsed))
        {
            names.Enqueue(name);
        }

        return names.Count;
    }

    private long FreeIn(CacheFolderName name, long bytes)
    {
        var freed = 0L;
        while (freed < bytes && CacheVisit.TryEnter(cacheDirectory, name) is { } visit)
        {
            using (visit)
            {
                if (!visit.TryTake() || visit.Retention == CacheRetention.Pinned)
                {
                    break;
                }

                var now = visit.Retention == CacheRetention.Evictable ? FreePieces(visit, bytes - freed) : 0;
                if (now == 0)
                {
                    return freed + (visit.TryRemove() ?? 0);
                }

                freed += now;
            }
        }

        return freed;
    }

    /// <summary>Frees some pieces of a folder that was taken.</summary>
    /// <returns>Bytes freed; 0 when that cannot be done piece by piece, or nothing would be left.</returns>
    private static long FreePieces(CacheVisit visit, long bytes)
    {
        using var index = visit.Folder.OpenFile(CacheFileNames.Index);
        using var data = visit.Folder.OpenFile(CacheFileNames.Data);
        if (IndexedPieces.Read(index, visit.Name.Torrent) is not { } pieces)
        {
            return 0;
        }

        // The last ones first: what is read of a torrent again is most often a beginning.
        var most = Math.Max(LeastAtOnce, pieces.Present.Count / GoesForAll);
        var victims = new List<PieceIndex>();
        var expected = 0L;
        foreach (var piece in pieces.Present.OrderByDescending(piece => piece.Value))
        {
            if (expected >= bytes || victims.Count == most)
            {
                break;
            }

            victims.Add(piece);
            expected += pieces.Layout.LengthOf(piece);
        }

        if (victims.Count == pieces.Present.Count)
        {
            return 0;
        }

        var before = visit.Folder.BytesOnDisk();

        // The claim goes before the bytes: nobody is ever promised a hole.
        pieces.Forget(victims, index);
        foreach (var piece in victims)
        {
            Posix.PunchHole(data, pieces.Layout.StartOf(piece), pieces.Layout.LengthOf(piece));
        }

        // A file system that compresses, or shares blocks, may give back nothing: then all of the folder goes.
        return Math.Max(before - visit.Folder.BytesOnDisk(), 0);
    }
}
