using System.Globalization;

namespace BtFs.Engine.Reports;

/// <summary>Who names peers to a torrent.</summary>
/// <param name="Trackers">Its trackers.</param>
/// <param name="DhtNodes">DHT nodes that answer; null where the DHT is not asked.</param>
public sealed record PeerSources(IReadOnlyList<TrackerReport> Trackers, int? DhtNodes)
{
    /// <summary>Nobody.</summary>
    public static PeerSources None { get; } = new([], null);

    /// <summary>In words: <c>trackers: 1 of 2 answer; DHT: 214 nodes</c>.</summary>
    public override string ToString() => $"trackers: {TrackersInWords()}; DHT: {(DhtNodes is { } nodes ? Counted(nodes, "node") : "not used")}";

    private string TrackersInWords()
    {
        var working = Trackers.Count(tracker => tracker.State == TrackerState.Works);
        return Trackers.Count == 0 ? "none"
            : working > 0 ? string.Create(CultureInfo.InvariantCulture, $"{working} of {Trackers.Count} answer")
            : Trackers.FirstOrDefault(tracker => tracker.Error is not null)?.Error?.TrimEnd('.') ?? "no answer yet";
    }

    private static string Counted(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
