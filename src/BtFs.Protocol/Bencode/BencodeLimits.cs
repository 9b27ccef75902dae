namespace BtFs.Protocol.Bencode;

/// <summary>How much structure a document may have. Its strings need no limit: they are never copied.</summary>
/// <param name="MaxDepth">Lists and dictionaries inside each other, from 0 (a lone string or integer) up.</param>
/// <param name="MaxTokens">Values and keys altogether. Each costs 16 bytes of memory.</param>
public sealed record BencodeLimits(int MaxDepth, int MaxTokens)
{
    public const int TorrentDepth = 64;

    /// <summary>Some 400,000 files. What libtorrent allows for metadata, so that what it serves we read.</summary>
    public const int TorrentTokens = 2_500_000;

    public const int TrackerDepth = 8;

    /// <summary>A reply of 1 MiB in the old form, one dictionary of seven tokens for each peer.</summary>
    public const int TrackerTokens = 150_000;

    public const int DhtDepth = 8;
    public const int DhtTokens = 500;

    public const int ExtensionDepth = 8;

    /// <summary>An extension handshake has some thirty.</summary>
    public const int ExtensionTokens = 2_000;

    /// <summary>A .torrent, or the info dictionary that peers sent (BEP 9).</summary>
    public static BencodeLimits Torrent { get; } = new(TorrentDepth, TorrentTokens);

    /// <summary>An HTTP tracker's reply.</summary>
    public static BencodeLimits Tracker { get; } = new(TrackerDepth, TrackerTokens);

    /// <summary>A DHT packet (BEP 5).</summary>
    public static BencodeLimits Dht { get; } = new(DhtDepth, DhtTokens);

    /// <summary>A message of the extension protocol (BEP 10).</summary>
    public static BencodeLimits Extension { get; } = new(ExtensionDepth, ExtensionTokens);
}
