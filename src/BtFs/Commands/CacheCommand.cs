using System.CommandLine;
using BtFs.Engine;
using BtFs.Running;

namespace BtFs.Commands;

/// <summary><c>btfs cache</c>: shows which torrents are in the cache, and removes them from it.</summary>
/// <param name="output">Takes the list, or what was removed.</param>
internal sealed class CacheCommand(TextWriter output)
{
    /// <summary>The command.</summary>
    public static Command Grammar()
    {
        var cache = Commands.Grammar.Command("cache", "show or clean what was kept", CacheOptions.List, null, List);
        cache.Add(Commands.Grammar.Command("list", "show what is in the cache", CacheOptions.List, null, List));
        cache.Add(Commands.Grammar.Command("clean", "remove from the cache", CacheOptions.Clean, CacheOptions.Operands, Clean));
        return cache;

        static Task<ExitCode> List(ParseResult line) => Task.FromResult(new CacheCommand(Console.Out).List(CacheRequest.Read(line)));
        static Task<ExitCode> Clean(ParseResult line) => Task.FromResult(new CacheCommand(Console.Out).Clean(CacheRequest.Read(line)));
    }

    /// <summary>Lists the cache.</summary>
    /// <exception cref="CommandException">Nothing says where it is.</exception>
    public ExitCode List(CacheRequest request)
    {
        var (place, cache) = Open(request);
        var torrents = cache.List();
        if (request.AsJson)
        {
            output.WriteLine(CacheListing.Json(torrents));
        }
        else if (torrents.Count == 0)
        {
            output.WriteLine(CleanText.Line($"Nothing is cached in {place}."));
        }
        else
        {
            output.Write(CacheListing.Table(torrents));
        }

        return ExitCode.Ok;
    }

    /// <summary>Removes what the user named, or what is neither pinned nor in use.</summary>
    /// <exception cref="CommandException">The torrent is in use, or there is no such torrent.</exception>
    public ExitCode Clean(CacheRequest request)
    {
        var (_, cache) = Open(request);
        var torrents = cache.List();
        var chosen = request.InfoHash is { } beginning
            ? Named(torrents, beginning)
            : [.. torrents.Where(torrent => !torrent.IsInUse && (request.All || torrent.Retention != CacheRetention.Pinned))];
        var (count, freed) = (0, 0L);
        foreach (var torrent in chosen)
        {
            if (cache.TryRemove(torrent) is { } bytes)
            {
                output.WriteLine($"removed {torrent.Folder} ({CacheListing.NameOf(torrent)}): {CacheListing.Size(bytes)}");
                (count, freed) = (count + 1, freed + bytes);
            }
            else if (request.InfoHash is not null)
            {
                throw InUse(torrent);
            }
        }

        output.WriteLine(count == 0 ? "nothing to remove" : $"freed {CacheListing.Size(freed)}");
        if (request.InfoHash is null && Staying(torrents, request.All) is { } staying)
        {
            output.WriteLine(staying);
        }

        return ExitCode.Ok;
    }

    /// <summary>What a general cleaning leaves, and how it would go; null for nothing.</summary>
    private static string? Staying(IReadOnlyList<CachedTorrent> torrents, bool all)
    {
        var inUse = torrents.Count(torrent => torrent.IsInUse);
        var pinned = all ? 0 : torrents.Count(torrent => !torrent.IsInUse && torrent.Retention == CacheRetention.Pinned);
        return (inUse, pinned) switch
        {
            (0, 0) => null,
            (0, _) => $"left: {pinned} pinned (--all removes them too)",
            (_, 0) => $"left: {inUse} in use (unmount first)",
            _ => $"left: {inUse} in use (unmount first), {pinned} pinned (--all removes them too)",
        };
    }

    private static (string Place, CacheDirectory Cache) Open(CacheRequest request)
    {
        var place = CachePlace.Find(request.DataDirectory, Environment.GetEnvironmentVariable, LibC.UserId);
        return (place, new CacheDirectory(place));
    }

    private static List<CachedTorrent> Named(IReadOnlyList<CachedTorrent> torrents, string beginning)
    {
        var named = torrents.Where(torrent => torrent.Folder.StartsWith(beginning, StringComparison.Ordinal)).ToList();
        if (named.Count == 0)
        {
            throw new CommandException(ExitCode.Usage, beginning, "no such torrent in the cache", "btfs cache lists them.");
        }

        if (named.DistinctBy(torrent => torrent.InfoHash).Skip(1).Any())
        {
            throw new CommandException(ExitCode.Usage, beginning, $"{named.Count} torrents begin so", "Give more of the infohash; btfs cache lists them.");
        }

        // Before anything is removed: half a torrent is of no use to whoever has the rest.
        return named.Find(torrent => torrent.IsInUse) is { } inUse ? throw InUse(inUse) : named;
    }

    private static CommandException InUse(CachedTorrent torrent) => new(
        ExitCode.System,
        torrent.Folder,
        torrent.Process is { } process ? $"in use by process {process}" : "in use by another process",
        "Unmount it first.");
}
