using BtFs.Engine;
using BtFs.Fuse.Mounting;
using BtFs.Mount;
using BtFs.Mount.Scanning;
using BtFs.Protocol.Metainfo;

namespace BtFs.Commands;

/// <summary>What the user asked to be mounted, where and how; checked as far as it can be without touching anything.</summary>
internal sealed record MountRequest
{
    /// <summary>Each a .torrent's path, a magnet link, an http(s) URL, or an infohash; one, unless it is a library.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>Whether many torrents are mounted, each as a folder of its own.</summary>
    public bool IsLibrary { get; init; }

    /// <summary>Where a library remembers its torrents, absolute; null for the usual place.</summary>
    public string? LibraryDirectory { get; init; }

    /// <summary>Folders whose .torrents come into a library, absolute.</summary>
    public IReadOnlyList<string> Watched { get; init; } = [];

    /// <summary>The torrent, where there is one.</summary>
    public string Source => Sources[0];

    /// <summary>The directory to mount on, absolute.</summary>
    public required string MountPoint { get; init; }

    /// <summary>How the kernel mounts it.</summary>
    public required FuseMountOptions Fuse { get; init; }

    /// <summary>Whose the files are.</summary>
    public required TreePresentation Shown { get; init; }

    /// <summary>Folder that holds the cache, absolute; null for the usual one.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Where another client has put the torrent's files, absolute; null for nowhere.</summary>
    public string? SeedFrom { get; init; }

    /// <summary>What becomes of what was downloaded.</summary>
    public CacheRetention Retention { get; init; }

    /// <summary>Where downloaded bytes are kept, and how many of them.</summary>
    public CachePreference Cache { get; init; } = new();

    /// <summary>First and last TCP port to try.</summary>
    public int MinPort { get; init; } = 6881;

    /// <inheritdoc cref="MinPort"/>
    public int MaxPort { get; init; } = 6889;

    /// <summary>Bytes per second; 0 is no limit.</summary>
    public long MaxDownloadRate { get; init; }

    /// <inheritdoc cref="MaxDownloadRate"/>
    public long MaxUploadRate { get; init; }

    /// <summary>Connected peers at most, see <see cref="EngineOptions.MaxPeers"/>.</summary>
    public int MaxPeers { get; init; } = EngineOptions.UsualPeers;

    /// <summary>Connected peers of all torrents together, see <see cref="EngineOptions.MaxConnections"/>.</summary>
    public int MaxConnections { get; init; } = EngineOptions.UsualConnections;

    /// <summary>Peers to ask first.</summary>
    public IReadOnlyList<PeerHint> Peers { get; init; } = [];

    /// <summary>How to take part in the DHT; null for not at all.</summary>
    public DhtOptions? Dht { get; init; } = new();

    /// <summary>Whether peers are found on the local network.</summary>
    public bool FindsLocally { get; init; } = true;

    /// <summary>Whether gateways are asked to lead to our ports.</summary>
    public bool MapsPorts { get; init; } = true;

    /// <summary>Whether connections with peers are encrypted.</summary>
    public EncryptionPolicy Encryption { get; init; }

    /// <summary>By which way the network is reached; the list of <see cref="IpFilter"/> is not read yet.</summary>
    public NetworkOptions Network { get; init; } = new();

    /// <summary>File that lists whom not to speak with, absolute; null for none.</summary>
    public string? IpFilter { get; init; }

    /// <summary>By what peers are called and may call.</summary>
    public PeerTransports Transports { get; init; } = PeerTransports.Both;

    /// <summary>What is fetched without a reader.</summary>
    public PrefetchPolicy Prefetch { get; init; }

    /// <summary>How long a read waits without progress and without a source.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How long to wait for the description of a magnet's torrent. Default 2 minutes: a trackerless one needs most of a minute in the DHT.</summary>
    public TimeSpan MetadataTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Which programs read as they like, and which not at all.</summary>
    public ProgramRules Programs { get; init; } = new();

    /// <summary>Whether the command stays in the foreground.</summary>
    public bool Foreground { get; init; }

    /// <summary>How much the log says.</summary>
    public LogDetail Detail { get; init; }

    /// <summary>Whether the terminal hears of nothing but failure.</summary>
    public bool Quiet { get; init; }

    /// <summary>Whether the command ends when the mount can be used, or at once.</summary>
    public bool WaitsUntilReady { get; init; } = true;

    /// <summary>Whether everything is checked and nothing mounted.</summary>
    public bool Fake { get; init; }

    /// <summary>Whether somebody believes that it can be written to.</summary>
    public bool ReadWrite { get; init; }

    /// <summary>File that takes the log, absolute; null for the usual place.</summary>
    public string? LogFile { get; init; }

    /// <summary>What this asks of the engine.</summary>
    /// <param name="cacheDirectory">Where the cache is, absolute; null for memory.</param>
    public EngineOptions EngineOptionsWith(string? cacheDirectory) => new()
    {
        CacheDirectory = cacheDirectory,
        Retention = Retention,
        MemoryCacheBytes = Cache.MemoryBytes,
        CacheLimit = Cache.Limit,
        CacheMinFree = Cache.MinFree,
        MinPort = MinPort,
        MaxPort = MaxPort,
        MaxDownloadRate = MaxDownloadRate,
        MaxUploadRate = MaxUploadRate,
        MaxPeers = MaxPeers,
        MaxConnections = MaxConnections,
        Prefetch = Prefetch,
        ReadTimeout = ReadTimeout,
        Encryption = Encryption,
        Network = Network,
        Dht = Dht.KeptIn(cacheDirectory),
        FindsLocally = FindsLocally,
        MapsPorts = MapsPorts,
        Transports = Transports,
    };
}

/// <summary>How much the log says.</summary>
internal enum LogDetail
{
    /// <summary>Warnings and errors.</summary>
    Trouble,

    /// <summary>Errors only.</summary>
    Errors,

    /// <summary>What happens, too.</summary>
    Verbose,

    /// <summary>Everything.</summary>
    Debug,
}
