using System.CommandLine;
using System.Globalization;
using BtFs.Engine;
using BtFs.Fuse.Mounting;
using BtFs.Protocol.Metainfo;

namespace BtFs.Commands;

/// <summary>Command line → <see cref="MountRequest"/>. Touches nothing but its arguments, except that a lone operand is looked at: a library is mounted on it.</summary>
internal static class MountRequestReader
{
    /// <summary>Reads a request.</summary>
    /// <exception cref="CommandException">An operand is missing, or a value makes no sense.</exception>
    /// <exception cref="MountException">A word after <c>-o</c> is not known.</exception>
    public static MountRequest Read(ParseResult line)
    {
        var (sources, mountPoint) = Operands(line.GetValue(MountOptions.Operands) ?? []);
        return Read(line, sources, mountPoint);
    }

    /// <summary>Reads a request whose operands are known, for commands that have some of the mount's options.</summary>
    /// <exception cref="CommandException">A value makes no sense.</exception>
    /// <exception cref="MountException">A word after <c>-o</c> is not known.</exception>
    public static MountRequest Read(ParseResult line, string source, string mountPoint) => Read(line, [source], mountPoint);

    private static MountRequest Read(ParseResult line, IReadOnlyList<string> sources, string mountPoint)
    {
        var libraryDirectory = PathOf(line, MountOptions.Library);
        var watched = line.GetValue(MountOptions.Watch) ?? [];
        var words = new OptionWords(line.GetValue(MountOptions.MountWords) ?? []);
        var debug = line.GetValue(MountOptions.Debug) || words.Debug;
        var ports = new { Min = Port(line, MountOptions.MinPort), Max = Port(line, MountOptions.MaxPort) };
        var request = new MountRequest
        {
            Sources = sources,
            IsLibrary = sources.Count != 1 || libraryDirectory is not null || watched.Length > 0,
            LibraryDirectory = libraryDirectory,
            Watched = [.. watched.Select(folder => PathOf(MountOptions.Watch.Name, folder))],
            MountPoint = Path.GetFullPath(mountPoint),
            Fuse = words.Fuse,
            Shown = words.Shown with { BrowseOnly = line.GetValue(MountOptions.BrowseOnly) },
            DataDirectory = PathOf(line, MountOptions.DataDirectory),
            SeedFrom = PathOf(line, MountOptions.SeedFrom),
            Retention = line.GetValue(MountOptions.Keep) ? CacheRetention.Pinned
                : line.GetValue(MountOptions.CachePersist) ? CacheRetention.Evictable
                : CacheRetention.UntilClosed,
            Cache = CachePreference.Read(line),
            MinPort = ports.Min ?? Math.Min(6881, ports.Max ?? 6881),
            MaxPort = ports.Max ?? Math.Max(6889, ports.Min ?? 6889),
            MaxDownloadRate = Rate(line, MountOptions.MaxDownloadRate),
            MaxUploadRate = Rate(line, MountOptions.MaxUploadRate),
            MaxPeers = Count(line, MountOptions.MaxPeers, EngineOptions.UsualPeers),
            MaxConnections = Count(line, MountOptions.MaxConnections, EngineOptions.UsualConnections),
            Peers = [.. (line.GetValue(MountOptions.Peers) ?? []).Select(Peer)],
            Dht = DhtRequest.Read(line.GetValue(MountOptions.NoDht), line.GetValue(MountOptions.DhtNodes)),
            FindsLocally = !line.GetValue(MountOptions.NoLsd),
            MapsPorts = !line.GetValue(MountOptions.NoPortMapping),
            Encryption = EncryptionRequest.Read(line.GetValue(MountOptions.Encryption)),
            Network = NetworkRequest.Read(line.GetValue(MountOptions.Proxy), line.GetValue(MountOptions.Bind)),
            IpFilter = PathOf(line, MountOptions.IpFilter),
            Transports = TransportRequest.Read(line.GetValue(MountOptions.NoUtp), line.GetValue(MountOptions.UtpOnly)),
            Prefetch = Policy(line, MountOptions.Prefetch),
            ReadTimeout = Time(line, MountOptions.ReadTimeout, TimeSpan.FromSeconds(120)),
            MetadataTimeout = Time(line, MountOptions.MetadataTimeout, TimeSpan.FromMinutes(2)),
            Foreground = debug || line.GetValue(MountOptions.Foreground),
            Detail = debug ? LogDetail.Debug : line.GetValue(MountOptions.Verbose) ? LogDetail.Verbose : line.GetValue(MountOptions.Quiet) ? LogDetail.Errors : LogDetail.Trouble,
            Quiet = line.GetValue(MountOptions.Quiet),
            WaitsUntilReady = Waits(line.GetValue(MountOptions.Wait)),
            Fake = line.GetValue(MountOptions.Fake),
            ReadWrite = words.ReadWrite,
            LogFile = PathOf(line, MountOptions.LogFile),
            Programs = ProgramRulesRequest.Read(line.GetValue(MountOptions.AllowedPrograms) ?? [], line.GetValue(MountOptions.DeniedPrograms) ?? []),
        };
        if (request.Cache.IsInMemory && (request.Retention != CacheRetention.UntilClosed || request.DataDirectory is not null))
        {
            throw new CommandException(ExitCode.Usage, "--cache=memory", "nothing is written to a disk, so there is no --keep and no --data-directory");
        }

        return request.EngineOptionsWith("/").Problems().FirstOrDefault() is { } problem
            ? throw new CommandException(ExitCode.Usage, "options", problem.TrimEnd('.'))
            : request;
    }

    private static (IReadOnlyList<string> Sources, string MountPoint) Operands(string[] operands)
    {
        return operands switch
        {
            _ when StrayOption.In(operands) is { } stray => throw stray,
            [] => throw new CommandException(ExitCode.Usage, "SOURCE", "missing: name a .torrent file, a magnet link, a URL or an infohash", "Try: btfs --help"),
            [var magnet] when IsMagnet(magnet) && !magnet.Contains('&') => throw new CommandException(
                ExitCode.Usage, "MOUNTPOINT", "missing; the magnet link looks cut at '&'", $"Quote it: btfs '{magnet}&…' DIRECTORY"),
            [var magnet] when IsMagnet(magnet) => throw new CommandException(
                ExitCode.Usage, "MOUNTPOINT", "missing", "Name an empty directory after the magnet link, and keep the link in quotes."),
            [not "" and var directory] when Directory.Exists(directory) => ([], directory),
            [var source] => throw new CommandException(ExitCode.Usage, "MOUNTPOINT", "missing", $"Name an empty directory: btfs {source} DIRECTORY"),
            [.. var sources, _] when sources.Contains("") => throw new CommandException(
                ExitCode.Usage, "SOURCE", "is empty: name a .torrent file, a magnet link, a URL or an infohash"),
            [.., ""] => throw new CommandException(ExitCode.Usage, "MOUNTPOINT", "is empty"),
            [.. var sources, var mountPoint] => (sources, mountPoint),
        };
    }

    private static bool IsMagnet(string source) => source.StartsWith("magnet:", StringComparison.OrdinalIgnoreCase);

    private static bool Waits(string? text) => text switch
    {
        null or "ready" => true,
        "none" => false,
        _ => throw new CommandException(ExitCode.Usage, $"--wait={text}", "it is ready or none"),
    };

    private static int? Port(ParseResult line, Option<string> option)
    {
        if (line.GetValue(option) is not { } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535
            ? port
            : throw new CommandException(ExitCode.Usage, $"{option.Name}={text}", "a port is a number from 0 to 65535");
    }

    private static int Count(ParseResult line, Option<string> option, int usual)
    {
        if (line.GetValue(option) is not { } text)
        {
            return usual;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw new CommandException(ExitCode.Usage, $"{option.Name}={text}", "is not a whole number");
    }

    private static long Rate(ParseResult line, Option<string> option)
    {
        if (line.GetValue(option) is not { } text)
        {
            return 0;
        }

        return Quantities.TryRate(text, out var rate)
            ? rate
            : throw new CommandException(ExitCode.Usage, $"{option.Name}={text}", "a rate is a number of kB/s, or has a unit, as in 500k or 2MiB");
    }

    private static TimeSpan Time(ParseResult line, Option<string> option, TimeSpan usual)
    {
        if (line.GetValue(option) is not { } text)
        {
            return usual;
        }

        return Quantities.TryTime(text, out var time)
            ? time
            : throw new CommandException(ExitCode.Usage, $"{option.Name}={text}", "a time is a number of seconds above 0, or has a unit, as in 5m, or is 'forever'");
    }

    private static PrefetchPolicy Policy(ParseResult line, Option<string> option) => line.GetValue(option) switch
    {
        null or "none" => PrefetchPolicy.None,
        "file" => PrefetchPolicy.File,
        "all" => PrefetchPolicy.All,
        var text => throw new CommandException(ExitCode.Usage, $"{option.Name}={text}", "what to fetch without a reader is none, file or all"),
    };

    private static PeerHint Peer(string text) => PeerHint.TryParse(text, out var peer)
        ? peer
        : throw new CommandException(ExitCode.Usage, $"--peer {text}", "a peer is HOST:PORT, as in 192.0.2.7:6881 or [2001:db8::7]:6881");

    private static string? PathOf(ParseResult line, Option<string> option) => line.GetValue(option) is { } path ? PathOf(option.Name, path) : null;

    private static string PathOf(string option, string path) =>
        path.Length == 0 ? throw new CommandException(ExitCode.Usage, option, "is empty") : Path.GetFullPath(path);
}
