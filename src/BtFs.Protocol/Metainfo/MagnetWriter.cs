using System.Text;

namespace BtFs.Protocol.Metainfo;

/// <summary>Writes magnet links.</summary>
internal static class MagnetWriter
{
    public static string Write(MagnetLink link)
    {
        var text = new StringBuilder("magnet:");
        if (link.InfoHashV1 is { } v1)
        {
            Add(text, "xt", MagnetParser.PrefixV1 + v1);
        }

        if (link.InfoHashV2 is { } v2)
        {
            Add(text, "xt", MagnetParser.PrefixV2 + v2);
        }

        if (link.DisplayName is { } name)
        {
            Add(text, "dn", Uri.EscapeDataString(name));
        }

        AddAll(text, "tr", link.Trackers.Select(Uri.EscapeDataString));
        AddAll(text, "ws", link.WebSeeds.Select(Uri.EscapeDataString));
        AddAll(text, "x.pe", link.Peers.Select(peer => peer.ToString()));
        if (link.Selected.Count > 0)
        {
            Add(text, "so", string.Join(',', link.Selected.Select(range => range.First == range.Last ? $"{range.First}" : $"{range.First}-{range.Last}")));
        }

        return text.ToString();
    }

    private static void AddAll(StringBuilder text, string key, IEnumerable<string> values)
    {
        foreach (var value in values)
        {
            Add(text, key, value);
        }
    }

    private static void Add(StringBuilder text, string key, string value) =>
        text.Append(text[^1] == ':' ? '?' : '&').Append(key).Append('=').Append(value);
}
