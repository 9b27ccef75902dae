using System.Globalization;

namespace BtFs.Protocol.Metainfo;

/// <summary>Reads one magnet link, parameter by parameter.</summary>
internal sealed class MagnetParser
{
    public const string PrefixV1 = "urn:btih:";

    /// <summary>A multihash: 0x12 for SHA-256, 0x20 for its 32 bytes (BEP 52).</summary>
    public const string PrefixV2 = "urn:btmh:1220";

    private const string Scheme = "magnet:";

    private readonly HashSet<string> _trackers = [];
    private readonly List<string> _trackerOrder = [];
    private readonly List<string> _webSeeds = [];
    private readonly List<PeerHint> _peers = [];
    private readonly List<FileRange> _selected = [];
    private InfoHash? _v1;
    private InfoHashV2? _v2;
    private string? _name;

    /// <exception cref="MagnetException">The link names no torrent.</exception>
    public static MagnetLink Parse(string text)
    {
        if (text.Length > MetainfoLimits.MaxMagnetLength)
        {
            throw new MagnetException($"The magnet link has {text.Length} characters; the limit is {MetainfoLimits.MaxMagnetLength}.");
        }

        text = text.Trim();
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw new MagnetException("The text is not a magnet link: it does not begin with 'magnet:'.");
        }

        var parser = new MagnetParser();
        foreach (var parameter in text[Scheme.Length..].TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            parser.Read(parameter);
        }

        return parser.ToLink();
    }

    private void Read(string parameter)
    {
        var equals = parameter.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            return;
        }

        var value = PercentEncoding.Decode(parameter.AsSpan(equals + 1));
        switch (WithoutNumber(parameter[..equals]))
        {
            case "xt": ReadTopic(value); break;
            case "dn": _name ??= value; break;
            case "tr": AddTracker(value); break;
            case "ws": AddWebSeed(value); break;
            case "x.pe": AddPeer(value); break;
            case "so": ReadSelection(value); break;
            default: break;
        }
    }

    /// <summary>Some programs number what they repeat: <c>tr.1</c>.</summary>
    private static string WithoutNumber(string key)
    {
        key = key.ToLowerInvariant();
        var dot = key.LastIndexOf('.');
        return dot > 0 && dot < key.Length - 1 && key.AsSpan(dot + 1).IndexOfAnyExceptInRange('0', '9') < 0 ? key[..dot] : key;
    }

    private void ReadTopic(string topic)
    {
        // A link may name the same content in other networks too; those topics are not ours.
        if (topic.StartsWith(PrefixV1, StringComparison.OrdinalIgnoreCase))
        {
            if (!InfoHashText.TryReadV1(topic.AsSpan(PrefixV1.Length), out var hash))
            {
                throw new MagnetException("The magnet link's infohash (btih) is neither 40 hexadecimal nor 32 base32 digits.");
            }

            _v1 = _v1 is null || _v1 == hash ? hash : throw new MagnetException("The magnet link names two torrents.");
        }
        else if (topic.StartsWith("urn:btmh:", StringComparison.OrdinalIgnoreCase))
        {
            if (!topic.StartsWith(PrefixV2, StringComparison.OrdinalIgnoreCase) || !InfoHashText.TryReadV2(topic.AsSpan(PrefixV2.Length), out var hash))
            {
                throw new MagnetException("The magnet link's version 2 infohash (btmh) is not '1220' and 64 hexadecimal digits.");
            }

            _v2 = _v2 is null || _v2 == hash ? hash : throw new MagnetException("The magnet link names two torrents.");
        }
    }

    private void AddTracker(string url)
    {
        if (IsUrl(url) && _trackerOrder.Count < MetainfoLimits.MaxTrackers && _trackers.Add(url))
        {
            _trackerOrder.Add(url);
        }
    }

    private void AddWebSeed(string url)
    {
        if (IsUrl(url) && _webSeeds.Count < MetainfoLimits.MaxWebSeeds && !_webSeeds.Contains(url))
        {
            _webSeeds.Add(url);
        }
    }

    private void AddPeer(string text)
    {
        if (_peers.Count < MetainfoLimits.MaxMagnetPeers && PeerHint.TryParse(text, out var peer) && !_peers.Contains(peer))
        {
            _peers.Add(peer);
        }
    }

    /// <summary><c>0,2,4-7</c> (BEP 53).</summary>
    private void ReadSelection(string text)
    {
        foreach (var part in text.Split(','))
        {
            var dash = part.IndexOf('-', StringComparison.Ordinal);
            var (first, last) = dash < 0 ? (part, part) : (part[..dash], part[(dash + 1)..]);
            if (_selected.Count < MetainfoLimits.MaxSelectedRanges && TryReadFile(first, out var from) && TryReadFile(last, out var to) && from <= to)
            {
                _selected.Add(new FileRange(from, to));
            }
        }
    }

    private static bool TryReadFile(string text, out int file) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out file) && file < MetainfoLimits.MaxFiles;

    private static bool IsUrl(string text) => text.Length is > 0 and <= MetainfoLimits.MaxUrlLength;

    private MagnetLink ToLink()
    {
        if (_v1 is null && _v2 is null)
        {
            throw new MagnetException("The magnet link names no torrent: it has no 'xt=urn:btih:' or 'xt=urn:btmh:'.");
        }

        return new MagnetLink
        {
            InfoHashV1 = _v1,
            InfoHashV2 = _v2,
            DisplayName = _name,
            Trackers = _trackerOrder,
            WebSeeds = _webSeeds,
            Peers = _peers,
            Selected = _selected,
        };
    }
}
