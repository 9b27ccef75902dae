using System.Globalization;
using BtFs.Engine;

namespace BtFs.Running;

/// <summary>What a person reads while a magnet link resolves.</summary>
internal static class MetadataProgress
{
    private const int LongestName = 40;

    /// <summary>One line, as short as a terminal is wide.</summary>
    public static string Line(TorrentSource source, TorrentStatus status)
    {
        var name = CleanText.Line(source.DisplayName ?? source.InfoHash.ToString());
        if (name.Length > LongestName)
        {
            name = name[..(LongestName - 1)] + "…";
        }

        var peers = status.PeersKnown == 0
            ? status.DhtNodes == 0 ? "looking for peers" : string.Create(CultureInfo.InvariantCulture, $"looking for peers among {status.DhtNodes} DHT nodes")
            : string.Create(CultureInfo.InvariantCulture, $"{status.PeersConnected} of {status.PeersKnown} peers connected");
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
