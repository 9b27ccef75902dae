using System.Globalization;
using BtFs.Engine;
using BtFs.Protocol.Metainfo;

namespace BtFs.Running;

/// <summary>Waits until it is known what a torrent consists of, and tells how that goes.</summary>
internal static class MetadataWait
{
    /// <summary>How often the progress line changes.</summary>
    private static readonly TimeSpan ProgressPeriod = TimeSpan.FromMilliseconds(200);

    /// <summary>The content, at once for a .torrent.</summary>
    /// <param name="torrent">Joined.</param>
    /// <param name="source">What it was joined by.</param>
    /// <param name="subject">What to call it in a complaint.</param>
    /// <param name="timeout">How long to wait at most.</param>
    /// <param name="audience">Hears how it goes.</param>
    /// <param name="time">Measures.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="CommandException">Nobody told in time, or it is not usable.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> came first.</exception>
    public static async Task<ITorrentContent> ContentOfAsync(
        Torrent torrent, TorrentSource source, string subject, TimeSpan timeout, IStatusAudience audience, TimeProvider time, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            using var tick = new PeriodicTimer(ProgressPeriod, time);
            while (!torrent.Content.IsCompleted)
            {
                audience.Progress(MetadataProgress.Line(source, torrent.Status));
                await Task.WhenAny(torrent.Content, tick.WaitForNextTickAsync(either.Token).AsTask());
                either.Token.ThrowIfCancellationRequested();
            }

            return await torrent.Content;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            var seconds = timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            var status = torrent.Status;
            var peers = status.PeersConnected == 0 ? "no peer answered" : $"{status.PeersConnected} peers connected";
            var tracked = status.Tracked is { } counts ? $"; {MetadataProgress.Words(counts)}" : "";
            throw new CommandException(
                ExitCode.NoMetadata,
                subject,
                $"nobody sent the torrent's description within {seconds} s ({peers}{tracked})",
                "Try again later, add trackers to the link, name a peer with --peer HOST:PORT, or wait longer with --metadata-timeout=5m.");
        }
        catch (ContentUnavailableException e)
        {
            throw new CommandException(ExitCode.Source, subject, e.Message);
        }
        catch (MetainfoException e)
        {
            throw new CommandException(ExitCode.Source, subject, $"the swarm describes a torrent that cannot be used: {e.Message}");
        }
    }
}
