using System.Globalization;
using BtFs.Engine;

namespace BtFs.Running;

/// <summary>What a person reads while a magnet link resolves.</summary>
internal static class MetadataProgress
{
    private const int LongestName = 36;

    /// <summary>One line, as short as a terminal is wide.</summary>
    public static string Line(TorrentSource source, TorrentStatus status)
    {
        var name = CleanText.Line(source.DisplayName ?? source.InfoHash.ToString());
        if (name.Length > LongestName)
        {
            name = name[..(LongestName - 1)] + "…";
        }

        var trackers = source.TrackerTiers.Sum(tier => tier.Count);
        string[] asked =
        [
            .. trackers == 0 ? [] : new[] { trackers == 1 ? "1 tracker" : string.Create(CultureInfo.InvariantCulture, $"{trackers} trackers") },
            .. status.DhtNodes == 0 ? [] : new[] { string.Create(CultureInfo.InvariantCulture, $"{status.DhtNodes} DHT nodes") },
        ];
        var peers = status.PeersKnown > 0 ? string.Create(CultureInfo.InvariantCulture, $"{status.PeersConnected} of {status.PeersKnown} peers connected")
            : asked.Length == 0 ? "looking for peers"
            : $"asking {string.Join(" and ", asked)}";
        var tracked = status is { PeersConnected: 0, Tracked: { } counts } ? $", {Words(counts)}" : "";
        var description = status.MetadataSize > 0
            ? string.Create(CultureInfo.InvariantCulture, $", {status.MetadataBytes * 100 / status.MetadataSize} % of the description")
            : "";
        return $"{name}: {peers}{tracked}{description}";
    }

    /// <summary>What a tracker tells of the swarm.</summary>
    public static string Words(TrackerCounts counts) =>
        string.Create(CultureInfo.InvariantCulture, $"the tracker counts {Number(counts.Seeders, "seed")} and, with us, {Number(counts.Leechers, "leecher")}");

    private static string Number(int count, string what) => count == 1 ? $"1 {what}" : string.Create(CultureInfo.InvariantCulture, $"{count} {what}s");
}
