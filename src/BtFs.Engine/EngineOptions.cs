namespace BtFs.Engine;

/// <summary>How the engine of one process behaves.</summary>
public sealed record EngineOptions
{
    /// <summary>Connected peers for each torrent where nobody says otherwise.</summary>
    public const int UsualPeers = 80;

    /// <summary>The most that <see cref="MaxPeers"/> may be: each peer takes one of the files that a process may have open.</summary>
    public const int MostPeers = 1000;

    /// <summary>Connected peers of all torrents together where nobody says otherwise.</summary>
    public const int UsualConnections = 400;

    /// <summary>The most that <see cref="MaxConnections"/> may be.</summary>
    public const int MostConnections = 4000;

    private const long MiB = 1 << 20;
    private const long GiB = 1 << 30;

    /// <summary>Folder that holds one folder for each torrent, named by its infohash; created 0700. Null: nothing is written, memory must do.</summary>
    public required string? CacheDirectory { get; init; }

    /// <summary>What the cache directory may take on the disk, for all torrents of all processes together. Default 10 % of the file system, at most 20 GiB.</summary>
    public DiskShare CacheLimit { get; init; } = DiskShare.OfFileSystem(0.10, atMost: 20 * GiB);

    /// <summary>What must stay free on the file system of the cache. Default 5 % of it.</summary>
    public DiskShare CacheMinFree { get; init; } = DiskShare.OfFileSystem(0.05);

    /// <summary>What becomes of a torrent's cached bytes after it is closed, unless an earlier run had them kept longer. Default: removed.</summary>
    public CacheRetention Retention { get; init; }

    /// <summary>Verified bytes held in memory, for all torrents together. Default 64 MiB.</summary>
    public long MemoryCacheBytes { get; init; } = 64 * MiB;

    /// <summary>First TCP port to try for incoming peers. Default 6881.</summary>
    public int MinPort { get; init; } = 6881;

    /// <summary>Last TCP port to try. Default 6889.</summary>
    public int MaxPort { get; init; } = 6889;

    /// <summary>Bytes per second from all peers; 0 is no limit.</summary>
    public long MaxDownloadRate { get; init; }

    /// <summary>Bytes per second to all peers; 0 is no limit.</summary>
    public long MaxUploadRate { get; init; }

    /// <summary>Connected peers for each torrent, 1 to <see cref="MostPeers"/>. Default <see cref="UsualPeers"/>.</summary>
    public int MaxPeers { get; init; } = UsualPeers;

    /// <summary>Connected peers of all torrents together, 1 to <see cref="MostConnections"/>. Default <see cref="UsualConnections"/>.</summary>
    public int MaxConnections { get; init; } = UsualConnections;

    /// <summary>How long a read waits without progress and without a source before it fails. Default 120 s; infinite waits for ever.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>What is fetched in the background, without a reader. Default nothing.</summary>
    public PrefetchPolicy Prefetch { get; init; }

    /// <summary>Whether connections with peers are encrypted. Default where the peer wants it so.</summary>
    public EncryptionPolicy Encryption { get; init; }

    /// <summary>By which way the network is reached, and whom not to speak with. Default any way, and everybody.</summary>
    public NetworkOptions Network { get; init; } = new();

    /// <summary>By what peers are called and may call. Default TCP first, and uTP where that does not get through soon.</summary>
    public PeerTransports Transports { get; init; } = PeerTransports.Both;

    /// <summary>How to take part in the DHT; null, the default, not to.</summary>
    public DhtOptions? Dht { get; init; }

    /// <summary>Whether peers are found on the local network (BEP 14). Default not.</summary>
    public bool FindsLocally { get; init; }

    /// <summary>Whether gateways are asked to lead to our ports (UPnP, NAT-PMP, PCP). Default not.</summary>
    public bool MapsPorts { get; init; }

    /// <summary>Everything wrong with these values, in words for the user; empty when they are usable.</summary>
    public IEnumerable<string> Problems()
    {
        if (MinPort is < 0 or > 65535 || MaxPort is < 0 or > 65535 || MinPort > MaxPort)
        {
            yield return $"--min-port and --max-port must be a range within 0 to 65535, but are {MinPort} and {MaxPort}.";
        }

        if (MaxDownloadRate < 0 || MaxUploadRate < 0)
        {
            yield return "--max-download-rate and --max-upload-rate must not be negative.";
        }

        if (MaxPeers is < 1 or > MostPeers)
        {
            yield return $"--max-peers must be from 1 to {MostPeers}, but is {MaxPeers}.";
        }

        if (MaxConnections is < 1 or > MostConnections)
        {
            yield return $"--max-connections must be from 1 to {MostConnections}, but is {MaxConnections}.";
        }

        if (ReadTimeout <= TimeSpan.Zero && ReadTimeout != Timeout.InfiniteTimeSpan)
        {
            yield return $"--read-timeout must be longer than zero, but is {ReadTimeout.TotalSeconds} s.";
        }
    }
}
