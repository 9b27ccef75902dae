using BtFs.Engine.Reports;

namespace BtFs.Engine.Torrents;

/// <summary>What a torrent's loop tells of itself: totals, rates, and how things stand. Owned by the loop; <see cref="Status"/> may be read by any thread.</summary>
/// <param name="swarm">Its peers.</param>
internal sealed class LoopGauges(Swarm swarm)
{
    private static readonly TimeSpan MeasureEvery = TimeSpan.FromMilliseconds(250);

    private readonly RecentRate _download = new(TimeSpan.Zero);
    private readonly RecentRate _upload = new(TimeSpan.Zero);
    private TimeSpan _nextMeasure;

    /// <summary>How things stood at the last <see cref="Update"/>.</summary>
    internal TorrentStatus Status { get; private set; } = new(0, 0, 0, 0, 0, 0, 0);

    /// <summary>Payload received, wasted bytes too.</summary>
    internal long BytesDownloaded { get; set; }

    /// <summary>Measures rates and round trips, where it is time for that. To be called at each tick.</summary>
    internal void Measure(TorrentPhase phase, TimeSpan now)
    {
        if (now < _nextMeasure)
        {
            return;
        }

        _nextMeasure = now + MeasureEvery;
        _download.Reached(BytesDownloaded, now);
        _upload.Reached(BytesUploadedIn(phase), now);
        foreach (var peer in swarm.Peers)
        {
            peer.MeasureRoundTrip(now);
            peer.MeasureRates(now);
        }
    }

    /// <summary>Looks how things stand.</summary>
    internal void Update(TorrentPhase phase)
    {
        var resolving = phase as Resolving;
        var metadata = phase.MetadataBytes;
        Status = new TorrentStatus(
            swarm.Known,
            swarm.Proper.Count,
            metadata ?? resolving?.BytesReceived ?? 0,
            metadata ?? resolving?.Size ?? 0,
            (phase as Transferring)?.BytesPresent ?? 0,
            BytesDownloaded,
            BytesUploadedIn(phase))
        {
            WebSeeds = swarm.Peers.Count - swarm.Proper.Count,
        };
    }

    /// <summary>The same, with every peer and every wait.</summary>
    internal SwarmReport Report(TorrentPhase phase, TimeSpan now)
    {
        Update(phase);
        var content = phase as Transferring;
        content?.Waits.Look(now);
        return new SwarmReport
        {
            Status = Status,
            DownloadRate = _download.At(BytesDownloaded, now),
            UploadRate = _upload.At(BytesUploadedIn(phase), now),
            BytesWasted = content?.BytesWasted ?? 0,
            Peers = [.. swarm.Peers.Where(peer => !peer.IsLeaving).Select(peer => peer.Report(now))],
            Waits = content?.Waits.Latest ?? [],
        };
    }

    private static long BytesUploadedIn(TorrentPhase phase) => (phase as Transferring)?.BytesUploaded ?? 0;
}
