using BtFs.Engine.CacheFolders;

namespace BtFs.Engine;

/// <summary>The cache as its user sees it: which torrents are in it, and how to be rid of them. Needs no engine.</summary>
/// <param name="path">The directory; it need not exist.</param>
public sealed class CacheDirectory(string path)
{
    /// <summary>What is in the cache, the last used first. Other users' folders are left out.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be looked into.</exception>
    public IReadOnlyList<CachedTorrent> List() =>
        [.. CacheVisit.All(path).Select(Describe).OrderByDescending(torrent => torrent.LastUsed).ThenBy(torrent => torrent.Folder, StringComparer.Ordinal)];

    /// <summary>Removes a torrent's folder from the cache, unless a process has it by now.</summary>
    /// <returns>Bytes freed on the disk; null when a process has it.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    public long? TryRemove(CachedTorrent torrent)
    {
        if (!CacheFolderName.TryParse(torrent.Folder, out var name) || CacheVisit.TryEnter(path, name) is not { } visit)
        {
            return 0;
        }

        using (visit)
        {
            return visit.TryRemove();
        }
    }

    private static CachedTorrent Describe(CacheVisit visit)
    {
        using var index = visit.Folder.OpenToRead(CacheFileNames.Index);
        var pieces = index is null ? null : IndexedPieces.Read(index, visit.Name.Torrent);
        var info = CachedMetadata.Read(visit.Folder, visit.Name.Torrent);
        var isInUse = visit.IsInUse;
        return new CachedTorrent(
            visit.Name.Torrent,
            visit.Name.ToString(),
            info?.Name,
            visit.Folder.BytesOnDisk(),
            pieces?.BytesPresent ?? 0,
            info?.TotalLength ?? pieces?.Layout.TotalLength,
            visit.Retention,
            isInUse,
            isInUse ? CacheOwner.Read(visit.Folder)?.Process : null,
            visit.LastUsed);
    }
}
