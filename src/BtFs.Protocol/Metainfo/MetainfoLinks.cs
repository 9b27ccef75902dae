using System.Text;
using BtFs.Protocol.Bencode;

namespace BtFs.Protocol.Metainfo;

/// <summary>Reads the addresses in a .torrent. They are hints: what is malformed, too long or too many is left out.</summary>
internal static class MetainfoLinks
{
    /// <summary><c>announce-list</c> where it names anything, else <c>announce</c> (BEP 12).</summary>
    public static IReadOnlyList<IReadOnlyList<string>> ReadTrackers(BencodeValue torrent)
    {
        var trackers = new TrackerList();
        if (torrent.TryGetList("announce-list"u8, out var tiers))
        {
            foreach (var tier in tiers)
            {
                trackers.AddTier(Urls(tier));
            }
        }

        if (trackers.Tiers.Count == 0 && torrent.TryGet("announce"u8, out var announce))
        {
            trackers.AddTier(Urls(announce));
        }

        return trackers.Tiers;
    }

    /// <summary><c>url-list</c>: one URL or a list (BEP 19).</summary>
    public static IReadOnlyList<string> ReadWebSeeds(BencodeValue torrent) =>
        torrent.TryGet("url-list"u8, out var urls) ? [.. Urls(urls).Distinct().Take(MetainfoLimits.MaxWebSeeds)] : [];

    /// <summary><c>httpseeds</c>: a list (BEP 17).</summary>
    public static IReadOnlyList<string> ReadHttpSeeds(BencodeValue torrent) =>
        torrent.TryGet("httpseeds"u8, out var urls) ? [.. Urls(urls).Distinct().Take(MetainfoLimits.MaxWebSeeds)] : [];

    /// <summary><c>nodes</c>: pairs of host and port (BEP 5).</summary>
    public static IReadOnlyList<PeerHint> ReadNodes(BencodeValue torrent)
    {
        var nodes = new List<PeerHint>();
        if (torrent.TryGetList("nodes"u8, out var pairs))
        {
            foreach (var pair in pairs)
            {
                if (nodes.Count < MetainfoLimits.MaxNodes && TryReadNode(pair, out var node))
                {
                    nodes.Add(node!);
                }
            }
        }

        return nodes;
    }

    private static bool TryReadNode(BencodeValue pair, out PeerHint? node)
    {
        node = null;
        if (pair.Kind != BencodeKind.List)
        {
            return false;
        }

        var items = pair.AsList().GetEnumerator();
        if (!items.MoveNext() || items.Current is not { Kind: BencodeKind.Bytes } host
            || !items.MoveNext() || items.Current is not { Kind: BencodeKind.Integer } port
            || host.AsBytes().Length > MetainfoLimits.MaxUrlLength)
        {
            return false;
        }

        var name = Encoding.UTF8.GetString(host.AsBytes().Span);
        return PeerHint.TryParse(name.Contains(':', StringComparison.Ordinal) ? $"[{name}]:{port.AsInteger()}" : $"{name}:{port.AsInteger()}", out node);
    }

    /// <summary>The URLs in a string, or in a list of strings.</summary>
    private static List<string> Urls(BencodeValue value)
    {
        var urls = new List<string>();
        if (value.Kind == BencodeKind.List)
        {
            foreach (var item in value.AsList())
            {
                AddUrl(item, urls);
            }
        }
        else
        {
            AddUrl(value, urls);
        }

        return urls;
    }

    private static void AddUrl(BencodeValue value, List<string> urls)
    {
        if (value.Kind == BencodeKind.Bytes && value.AsBytes().Length <= MetainfoLimits.MaxUrlLength)
        {
            var url = Encoding.UTF8.GetString(value.AsBytes().Span).Trim();
            if (url.Length > 0)
            {
                urls.Add(url);
            }
        }
    }
}
