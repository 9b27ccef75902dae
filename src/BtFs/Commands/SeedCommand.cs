using System.CommandLine;
using BtFs.Engine;
using BtFs.Engine.Seeding;
using BtFs.Protocol.Metainfo;
using BtFs.Running;
using Microsoft.Extensions.Logging;

namespace BtFs.Commands;

/// <summary><c>btfs seed PATH</c>: makes a torrent of a file or folder, and serves it from where it lies until a signal comes.</summary>
/// <param name="audience">Hears how it goes.</param>
/// <param name="output">Takes the magnet link.</param>
/// <param name="time">The clock.</param>
internal sealed class SeedCommand(IStatusAudience audience, TextWriter output, TimeProvider time)
{
    private const int MiB = 1 << 20;

    /// <summary>The command.</summary>
    public static Command Grammar(IStatusAudience audience) => Commands.Grammar.Command(
        "seed",
        "make a torrent of a file or folder, and serve it",
        SeedOptions.Page,
        SeedOptions.Operands,
        line => new SeedCommand(audience, Console.Out, TimeProvider.System).RunAsync(SeedRequest.Read(line)));

    /// <summary>Runs until a signal.</summary>
    /// <exception cref="CommandException">It cannot be done.</exception>
    /// <exception cref="OperationCanceledException">Stopped before it began to seed.</exception>
    public async Task<ExitCode> RunAsync(SeedRequest request)
    {
        using var signals = new StopSignals();
        using var logs = SessionLogs.Create(TextLogLines.OnStandardError(time), request.Detail);
        var network = await NetworkStart.PrepareAsync(request.Network, request.IpFilter, logs, time, signals.Stop);
        var created = await CreateAsync(request, signals.Stop);
        WriteTorrent(request, created);

        var engine = TorrentEngine.Start(EngineOptionsOf(request) with { Network = network }, time, Random.Shared, logs);
        var torrent = engine.Add(new TorrentSource
        {
            InfoHash = created.Metainfo.Info.InfoHash,
            Info = created.Metainfo.Info,
            SeedPaths = created.Paths,
            TrackerTiers = [.. request.Trackers.Select(tracker => new[] { new Uri(tracker) })],
        });
        await using var goodbye = new Goodbye(engine, signals.Insisted, time);
        await torrent.Content.WaitAsync(signals.Stop);
        TellPeople(request, created, engine.ListenPort);
        await signals.Stopped;
        return ExitCode.Ok;
    }

    private async Task<CreatedTorrent> CreateAsync(SeedRequest request, CancellationToken cancel)
    {
        try
        {
            var options = new CreationOptions
            {
                TrackerTiers = [.. request.Trackers.Select(tracker => new[] { tracker })],
                IsPrivate = request.IsPrivate,
                CreatedBy = "btfs",
            };
            return await TorrentCreator.CreateAsync(request.Path, options, new HashingProgress(audience), cancel);
        }
        catch (Exception e) when (e is IOException or MetainfoException or UnauthorizedAccessException)
        {
            // Trouble with a file names that file, which may lie anywhere below the path or be the path itself.
            var subject = e.Message.Contains(request.Path, StringComparison.Ordinal) ? "seed" : request.Path;
            throw new CommandException(ExitCode.Source, subject, e.Message.TrimEnd('.'));
        }
    }

    private static void WriteTorrent(SeedRequest request, CreatedTorrent created)
    {
        if (request.TorrentOut is not { } file)
        {
            return;
        }

        try
        {
            File.WriteAllBytes(file, created.Bytes.Span);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.System, $"--torrent-out={file}", e.Message.TrimEnd('.'));
        }
    }

    private void TellPeople(SeedRequest request, CreatedTorrent created, int port)
    {
        if (port == 0 && request.Network.Proxy is null)
        {
            throw new CommandException(ExitCode.System, "listening", "no port could be had", "Name a free one: --port=N");
        }

        foreach (var leftOut in created.LeftOut)
        {
            audience.Progress($"left out: {leftOut.Path} ({leftOut.Reason})");
        }

        var link = new MagnetLink
        {
            InfoHashV1 = created.Metainfo.Info.InfoHash,
            DisplayName = System.Text.Encoding.UTF8.GetString(created.Metainfo.Info.Name.Span),
            Trackers = request.Trackers,
            Peers = request.PeerHint is { } host ? [new PeerHint(host, (ushort)port)] : [],
        };
        output.WriteLine(link);
        output.Flush();
        var way = request.Network.Proxy is { } proxy ? $"by calling others through the proxy {proxy.Address}" : $"on port {port}";
        audience.Ready($"seeding {request.Path} {way}; Ctrl-C ends it.");
    }

    private static EngineOptions EngineOptionsOf(SeedRequest request)
    {
        var cache = CachePlace.Find(chosen: null, Environment.GetEnvironmentVariable, LibC.UserId);
        var options = new EngineOptions
        {
            CacheDirectory = cache,
            Encryption = request.Encryption,
            Dht = request.Dht.KeptIn(cache),
            FindsLocally = request.FindsLocally,
            MapsPorts = request.MapsPorts,
            Transports = request.Transports,
        };
        return request.Port is { } port ? options with { MinPort = port, MaxPort = port } : options;
    }

    private sealed class HashingProgress(IStatusAudience audience) : IProgress<long>
    {
        private long _told = -1;

        public void Report(long bytes)
        {
            if (bytes / (64 * MiB) != _told)
            {
                _told = bytes / (64 * MiB);
                audience.Progress($"hashing: {bytes / MiB} MiB");
            }
        }
    }
}
