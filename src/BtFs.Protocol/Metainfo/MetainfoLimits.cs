namespace BtFs.Protocol.Metainfo;

/// <summary>The largest torrents and magnets that are accepted. Beyond them is only what was made to hurt.</summary>
public static class MetainfoLimits
{
    private const int KiB = 1 << 10;
    private const int MiB = 1 << 20;

    /// <summary>Bytes of a .torrent: the hashes of <see cref="MaxPieces"/> are 40 MiB.</summary>
    public const int MaxTorrentBytes = 64 * MiB;

    /// <summary>Bytes of an info dictionary, by whatever way it came. What is fetched from peers is limited again, and lower, where it is fetched.</summary>
    public const int MaxInfoBytes = 64 * MiB;

    public const int MaxPieces = 2_097_152;

    /// <summary>Bytes. BEP 3 sets no lower bound; nothing real goes below 16 KiB, but a little less harms nobody.</summary>
    public const int MinPieceLength = 1 * KiB;

    /// <summary>Bytes: a block, the smallest that BEP 52 allows.</summary>
    public const int MinPieceLengthV2 = 16 * KiB;

    /// <summary>Bytes.</summary>
    public const int MaxPieceLength = 256 * MiB;

    /// <summary>Files, pad files included.</summary>
    public const int MaxFiles = 1_000_000;

    /// <summary>Names in one path, the file's own included and the torrent's not. A v2 file tree ends earlier, at the depth of its bencoding.</summary>
    public const int MaxPathDepth = 64;

    /// <summary>Bytes of a path with its slashes, the torrent's name included: PATH_MAX without its NUL (linux/limits.h).</summary>
    public const int MaxPathBytes = 4095;

    /// <summary>Bytes of all files together, pad files included: 1 PiB.</summary>
    public const long MaxTotalLength = 1L << 50;

    /// <summary>Tracker URLs kept; further ones are ignored.</summary>
    public const int MaxTrackers = 64;

    /// <summary>Tiers of trackers kept; further ones are ignored.</summary>
    public const int MaxTrackerTiers = 8;

    /// <summary>Web seeds kept; further ones are ignored.</summary>
    public const int MaxWebSeeds = 16;

    /// <summary>DHT nodes of a .torrent kept; further ones are ignored.</summary>
    public const int MaxNodes = 32;

    /// <summary>Bytes of one URL; longer ones are ignored.</summary>
    public const int MaxUrlLength = 2048;

    /// <summary>Characters of a magnet link.</summary>
    public const int MaxMagnetLength = 64 * KiB;

    /// <summary>Peers named by a magnet (<c>x.pe</c>) that are kept; further ones are ignored.</summary>
    public const int MaxMagnetPeers = 32;

    /// <summary>Ranges of files selected by a magnet (<c>so</c>, BEP 53).</summary>
    public const int MaxSelectedRanges = 1024;
}
