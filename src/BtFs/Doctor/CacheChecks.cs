using BtFs.Commands;
using BtFs.Engine;

namespace BtFs.Doctor;

/// <summary>Whether the cache can be where it is to be.</summary>
internal static class CacheChecks
{
    private const string Name = "cache";
    private const string Elsewhere = "Choose another place with --data-directory=DIR, or do without one: --cache=memory.";

    /// <summary>Judges what was found in a directory.</summary>
    /// <param name="place">The directory.</param>
    /// <param name="found">What it offers.</param>
    /// <param name="preference">What is to be kept there, and what is to stay free.</param>
    public static Check Of(string place, CacheFinding found, CachePreference preference)
    {
        if (found.Trouble is { } trouble)
        {
            return Check.Problem(Name, $"{place} cannot be written ({trouble})", Elsewhere);
        }

        if (!found.HasHoles || !found.CanLock)
        {
            return Check.Problem(Name, $"{place} is on a file system without {(found.HasHoles ? "locks" : "sparse files")}", Elsewhere);
        }

        if (!found.CanPunch)
        {
            return Check.Warning(
                Name, $"{place} is on a file system that cannot free parts of a file", "Choose another with --data-directory=DIR, or a --cache-size as large as the torrent.");
        }

        if (found is not { FreeBytes: { } free, TotalBytes: { } total })
        {
            return Check.Ok(Name, place);
        }

        var least = preference.MinFree.On(total);
        return free <= least
            ? Check.Warning(
                Name,
                $"{place} has {CacheListing.Size(free)} free, and {CacheListing.Size(least)} are to stay free (--cache-min-free): nothing will be kept there",
                "Make room, choose another place with --data-directory=DIR, or ask for less with --cache-min-free.")
            : Check.Ok(Name, $"{place}, {CacheListing.Size(Math.Min(free - least, preference.Limit.On(total)))} at most");
    }

    /// <summary>Judges what killed mounts have left in the cache.</summary>
    public static Check LeftIn(IReadOnlyList<CachedTorrent> torrents)
    {
        var left = torrents.Where(torrent => !torrent.IsInUse && torrent.Retention == CacheRetention.UntilClosed).ToList();
        return left.Count == 0
            ? Check.Ok("left over", "nothing in the cache")
            : Check.Warning("left over", $"{left.Count} torrents of killed mounts, {CacheListing.Size(left.Sum(torrent => torrent.BytesOnDisk))}", "The next mount removes them, and so does: btfs cache clean");
    }
}
