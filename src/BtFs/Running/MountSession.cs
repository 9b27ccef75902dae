using System.Text;
using BtFs.Commands;
using BtFs.Engine;
using BtFs.Fuse.Mounting;
using BtFs.Mount;
using BtFs.Mount.Scanning;
using BtFs.Playing;
using BtFs.Protocol.Metainfo;
using BtFs.Sources;
using BtFs.Status;
using BtFs.Status.Document;
using Microsoft.Extensions.Logging;

namespace BtFs.Running;

/// <summary>One torrent on one mount point, from the first peer to the last goodbye.</summary>
/// <param name="request">What to mount and where.</param>
/// <param name="audience">Hears how it goes until the mount is ready.</param>
/// <param name="logs">Takes the log.</param>
/// <param name="recent">The last lines of it.</param>
/// <param name="time">The clock.</param>
/// <param name="playback">What it is mounted for; null for whoever comes.</param>
internal sealed class MountSession(
    MountRequest request, IStatusAudience audience, ILoggerFactory logs, RecentLogLines recent, TimeProvider time, Playback? playback = null)
{
    private readonly ILogger _log = logs.CreateLogger<MountSession>();

    /// <summary>The source, as messages name it: nobody wants to read a whole link again.</summary>
    private string Subject => SourceReader.SubjectOf(request.Source);

    /// <summary>Mounts, and stays until somebody unmounts or <paramref name="signals"/> says stop.</summary>
    /// <exception cref="CommandException">It cannot be done.</exception>
    /// <exception cref="MountException">It cannot be mounted there.</exception>
    /// <exception cref="OperationCanceledException">Stopped before it was mounted.</exception>
    public async Task RunAsync(StopSignals signals, CancellationToken abandoned)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(signals.Stop, abandoned);
        FuseMount.Check(request.MountPoint, request.Fuse);
        SeedFromPlace.Check(request);
        var network = await NetworkStart.PrepareAsync(request.Network, request.IpFilter, logs, time, giveUp.Token);
        var source = await ReadSourceAsync(network, giveUp.Token);

        // All paths have been read. From here on nothing of ours keeps a directory busy, least of all one on the mount itself.
        Directory.SetCurrentDirectory("/");
        var place = request.Cache.IsInMemory ? null : CachePlace.Find(request.DataDirectory, Environment.GetEnvironmentVariable, LibC.UserId);
        var engine = TorrentEngine.Start(request.EngineOptionsWith(place) with { Network = network }, time, Random.Shared, logs);
        try
        {
            var torrent = engine.Add(source);
            await using var goodbye = new Goodbye(engine, signals.Insisted, time);
            var content = await MetadataWait.ContentOfAsync(torrent, source, Subject, request.MetadataTimeout, audience, time, giveUp.Token);
            await ServeAsync(engine, torrent, content, source.Selected, signals, giveUp.Token);
        }
        catch (IOException e)
        {
            throw new CommandException(ExitCode.System, "cache", e.Message, "Choose another place with --data-directory=DIR, or do without one: --cache=memory.");
        }
    }

    private async Task<TorrentSource> ReadSourceAsync(NetworkOptions network, CancellationToken cancel)
    {
        audience.Progress(network.Notes().FirstOrDefault() ?? "reading the torrent…");
        var lookup = new PeerLookup(mayAsk: network.Proxy is null);
        var source = await SourceReader.ReadAsync(request.Source, lookup, network, time, cancel);
        var byHand = await Task.WhenAll(request.Peers.Select(peer => lookup.ResolveAsync(peer, cancel)));
        return source with { LookIn = request.SeedFrom, Peers = [.. byHand.SelectMany(addresses => addresses), .. source.Peers] };
    }

    private async Task ServeAsync(
        TorrentEngine engine, Torrent torrent, ITorrentContent content, IReadOnlyList<FileRange> selected, StopSignals signals, CancellationToken cancel)
    {
        var tree = BuildTree(content, selected);
        if (playback?.Choose(tree) == false)
        {
            return;
        }

        var scans = new ScanLedger(request.Programs, time, logs);
        var status = new StatusSource(MountEntry.Of(request, time), engine, scans, () => [new ShownTorrent(torrent, content, tree)], recent, time);
        using var fileSystem = MountedFileSystem.OfTorrent(tree, content, request.Shown, time, scans, status.Files);
        await using var mount = await FuseMount.MountAsync(fileSystem, request.MountPoint, FuseOptionsOf(content), logs, cancel);
        Log.Mounted(_log, NameOf(content), request.MountPoint, tree.FileCount);
        if (playback is not null)
        {
            await playback.RunAsync(torrent, content, mount, signals);
        }
        else
        {
            audience.Ready($"{NameOf(content)} is mounted at {request.MountPoint}{Way}; {HowToEnd}.");
            await Task.WhenAny(mount.Completion, signals.Stopped, torrent.Completion);
        }

        audience.Ending();
        torrent.FailReads();
        await MountEnd.UnmountAsync(mount, signals);
        foreach (var program in fileSystem.Scans.Programs)
        {
            Log.Scanned(_log, program.Program, program.State, program.Openings, program.BytesRead, program.BytesFetched, program.Refusals);
        }

        Log.Unmounted(_log, request.MountPoint);
        if (torrent.Completion.IsFaulted)
        {
            // A bug: better no mount than one that can fetch nothing, and an exit code that says so.
            await torrent.Completion;
        }
    }

    private FileTree BuildTree(ITorrentContent content, IReadOnlyList<FileRange> selected)
    {
        if (!content.Info.HasV1)
        {
            throw SourceReader.OnlyV2(Subject);
        }

        try
        {
            var tree = FileTree.Of(content.Info, Encoding.UTF8.GetByteCount(request.MountPoint), selected);
            if (tree.LinksLeftOut > 0)
            {
                Log.LinksLeftOut(_log, tree.LinksLeftOut);
            }

            return tree;
        }
        catch (InvalidDataException e)
        {
            throw new CommandException(ExitCode.Source, Subject, $"the torrent cannot be shown: {e.Message}");
        }
    }

    private string Way => request.Network.Proxy is { } proxy ? $", all through the proxy {proxy.Address}" : "";

    private string HowToEnd => request.Foreground
        ? $"Ctrl-C here or fusermount3 -u {request.MountPoint} ends it"
        : $"end it with: fusermount3 -u {request.MountPoint}";

    private static string NameOf(ITorrentContent content) => CleanText.Line(Encoding.UTF8.GetString(content.Info.Name.Span));

    private FuseMountOptions FuseOptionsOf(ITorrentContent content) =>
        request.Fuse.FsName == OptionWords.NoFsName ? request.Fuse with { FsName = NameOf(content) } : request.Fuse;
}
