using System.Globalization;
using BtFs.Commands;
using BtFs.Engine;
using BtFs.Engine.Discovery;
using BtFs.Fuse.Mounting;
using BtFs.Libraries;
using BtFs.Mount.Scanning;
using BtFs.Sources;
using Microsoft.Extensions.Logging;

namespace BtFs.Running;

/// <summary>Many torrents on one mount point: those of the last time, those that were named, and those that come while it is mounted.</summary>
/// <param name="request">What to mount and where.</param>
/// <param name="audience">Hears how it goes until the mount is ready.</param>
/// <param name="logs">Takes the log.</param>
/// <param name="recent">The last lines of it.</param>
/// <param name="time">The clock.</param>
internal sealed class LibrarySession(MountRequest request, IStatusAudience audience, ILoggerFactory logs, RecentLogLines recent, TimeProvider time)
{
    private readonly ILogger _log = logs.CreateLogger<LibrarySession>();

    /// <summary>Mounts, and stays until somebody unmounts or <paramref name="signals"/> says stop.</summary>
    /// <inheritdoc cref="MountSession.RunAsync"/>
    public async Task RunAsync(StopSignals signals, CancellationToken abandoned)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(signals.Stop, abandoned);
        FuseMount.Check(request.MountPoint, request.Fuse);
        SeedFromPlace.Check(request);
        WatchedPlace.Check(request);
        var network = await NetworkStart.PrepareAsync(request.Network, request.IpFilter, logs, time, giveUp.Token);
        var sources = new LibrarySources(request, network, time);
        var named = await ReadAsync(sources, giveUp.Token);
        var libraryPlace = LibraryPlace.Find(request.LibraryDirectory, request.MountPoint, Environment.GetEnvironmentVariable, LibC.UserId);
        using var store = LibraryStore.Open(libraryPlace);

        // All paths have been read. From here on nothing of ours keeps a directory busy, least of all one on the mount itself.
        Directory.SetCurrentDirectory("/");
        var cache = request.Cache.IsInMemory ? null : CachePlace.Find(request.DataDirectory, Environment.GetEnvironmentVariable, LibC.UserId);
        var engine = TorrentEngine.Start(request.EngineOptionsWith(cache) with { Network = network }, time, Random.Shared, logs);
        await using var goodbye = new Goodbye(engine, signals.Insisted, time);
        await using var keeper = new LibraryKeeper(
            request, store, engine, sources, cache, time, _log, recent, new ScanLedger(request.Programs, time, logs));
        await keeper.RestoreAsync(audience, giveUp.Token);
        await AddAsync(keeper, named);
        await ServeAsync(keeper, sources, signals, giveUp.Token);
    }

    /// <summary>Reads the sources that were named, before anything is mounted: those from the web take their time, and come later.</summary>
    /// <exception cref="CommandException">None of them is any good.</exception>
    private async Task<IReadOnlyList<SourceDocument>> ReadAsync(LibrarySources sources, CancellationToken cancel)
    {
        var read = new List<SourceDocument>();
        var refused = new List<(string Source, CommandException Why)>();
        foreach (var source in request.Sources.Where(source => !SourceReader.IsUrl(source)))
        {
            audience.Progress($"reading {CleanText.Line(source)}…");
            try
            {
                read.Add(await sources.ReadAsync(source, cancel));
            }
            catch (CommandException e)
            {
                refused.Add((source, e));
            }
        }

        if (refused.Count > 0 && refused.Count == request.Sources.Count)
        {
            throw refused[0].Why;
        }

        refused.ForEach(one => LibraryLog.Refused(_log, one.Source, one.Why.Reason));
        return read;
    }

    private async Task AddAsync(LibraryKeeper keeper, IReadOnlyList<SourceDocument> named)
    {
        foreach (var document in named)
        {
            try
            {
                await keeper.AddAsync(document, formerName: null, remember: true);
            }
            catch (CommandException e)
            {
                LibraryLog.Refused(_log, LibraryMember.NameFor(document), e.Reason);
            }
        }
    }

    private async Task ServeAsync(LibraryKeeper keeper, LibrarySources sources, StopSignals signals, CancellationToken cancel)
    {
        var fuse = request.Fuse with { Writable = true, FsName = request.Fuse.FsName == OptionWords.NoFsName ? "btfs" : request.Fuse.FsName };
        await using var mount = await FuseMount.MountAsync(keeper.Mounted.FileSystem, request.MountPoint, fuse, logs, cancel);
        using var stop = new CancellationTokenSource();
        var watched = request.Watched.Select(folder => new WatchedFolder(folder, keeper, sources, time, _log)).ToList();
        var watching = Task.WhenAll([.. watched.Select(folder => folder.RunAsync(stop.Token)), AddFromWebAsync(keeper)]);
        var (all, unknown) = keeper.Count;
        Log.LibraryMounted(_log, request.MountPoint, all);
        audience.Ready(Greeting(all, unknown));

        await Task.WhenAny(mount.Completion, signals.Stopped);
        await stop.CancelAsync();
        audience.Ending();
        keeper.FailReads();
        await MountEnd.UnmountAsync(mount, signals);
        await keeper.StopAsync();
        await watching;
        watched.ForEach(folder => folder.Dispose());
        Log.Scanned(_log, keeper.Mounted.FileSystem.Scans.Programs);
        Log.Unmounted(_log, request.MountPoint);
    }

    private async Task AddFromWebAsync(LibraryKeeper keeper)
    {
        foreach (var source in request.Sources.Where(SourceReader.IsUrl))
        {
            try
            {
                await keeper.AddAsync(source);
            }
            catch (OperationCanceledException)
            {
                // The library ends.
                return;
            }
            catch (Exception e) when (e is CommandException or TorrentDownloadException)
            {
                LibraryLog.Refused(_log, source, e is CommandException refused ? refused.Reason : e.Message);
            }
        }
    }

    private string Greeting(int all, int unknown)
    {
        var count = string.Create(CultureInfo.InvariantCulture, $"{all} {(all == 1 ? "torrent is" : "torrents are")}");
        var waiting = unknown == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({unknown} still without a description)");
        var way = request.Network.Proxy is { } proxy ? $", all through the proxy {proxy.Address}" : "";
        var end = request.Foreground ? $"Ctrl-C here or fusermount3 -u {request.MountPoint} ends it" : $"end it with: fusermount3 -u {request.MountPoint}";
        return $"{count} mounted at {request.MountPoint}{waiting}{way}; add one: btfs add SOURCE {request.MountPoint}; {end}.";
    }
}
