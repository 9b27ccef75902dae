using System.Globalization;
using BtFs.Commands;
using BtFs.Engine;
using BtFs.Engine.Layout;
using BtFs.Running;

namespace BtFs.Playing;

/// <summary>Has the beginning of a film fetched before its player starts, and tells how that goes.</summary>
/// <remarks>A player that finds nothing for some seconds gives up or stutters. Where its index is, the engine finds out by itself from the same bytes.</remarks>
/// <param name="torrent">Tells of peers and rates.</param>
/// <param name="content">Gives the bytes.</param>
/// <param name="audience">Hears how it goes.</param>
/// <param name="time">Measures.</param>
internal sealed class HeadStart(Torrent torrent, ITorrentContent content, IStatusAudience audience, TimeProvider time)
{
    private const int Step = 128 << 10;
    private const long MiB = 1 << 20;

    /// <summary>Some seconds of an episode or a film: they have an hour or two.</summary>
    private const int FilmFraction = 500;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ProgressPeriod = TimeSpan.FromMilliseconds(200);

    private long _got;

    /// <summary>Returns when enough of it is here, or when it has taken too long.</summary>
    /// <param name="file">What will be played first.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> came first.</exception>
    public async Task WaitAsync(MediaFile file, CancellationToken cancel)
    {
        var wanted = BytesWanted(file);
        using var late = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        using var reader = content.OpenReader(new FileIndex(file.File));
        var since = time.GetTimestamp();
        var before = torrent.Status.BytesDownloaded;
        var reading = ReadAsync(reader, wanted, either.Token);
        using var tick = new PeriodicTimer(ProgressPeriod, time);
        while (await Task.WhenAny(reading, tick.WaitForNextTickAsync(CancellationToken.None).AsTask()) != reading)
        {
            var status = torrent.Status;
            var rate = (status.BytesDownloaded - before) / Math.Max(time.GetElapsedTime(since).TotalSeconds, 0.2);
            audience.Progress(Line(file.Name, Volatile.Read(ref _got), wanted, status.PeersConnected + status.WebSeeds, (long)rate));
        }

        try
        {
            await reading;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Late: the player may have more patience, or want another part of it.
        }
        catch (Exception e) when (e is ContentUnavailableException or IOException)
        {
            // The player finds out for itself, and says so in its way.
        }
    }

    /// <summary>How much of a file is some seconds.</summary>
    internal static long BytesWanted(MediaFile file) => Math.Min(
        file.Length, file.Kind == MediaKind.Audio ? MiB / 2 : Math.Clamp(file.Length / FilmFraction, 2 * MiB, 8 * MiB));

    internal static string Line(string name, long bytes, long wanted, int peers, long rate) => string.Create(
        CultureInfo.InvariantCulture,
        $"{CleanText.Short(name)}: {(double)bytes / MiB:0.0} of {(double)wanted / MiB:0.0} MiB, {peers} {(peers == 1 ? "peer" : "peers")}, {CacheListing.Size(rate)}/s");

    private async Task ReadAsync(IContentReader reader, long wanted, CancellationToken cancel)
    {
        using var bytes = new ContentSegments();
        for (var at = 0L; at < wanted; at += Step)
        {
            await reader.ReadAsync(at, (int)Math.Min(Step, wanted - at), bytes, cancel);
            bytes.Dispose();
            Volatile.Write(ref _got, Math.Min(at + Step, wanted));
        }
    }
}
