namespace BtFs.Engine.Reports;

/// <summary>What the torrents of one process share, at one moment.</summary>
public sealed record EngineReport
{
    /// <summary>The TCP port that listens for peers, or 0.</summary>
    public required int ListenPort { get; init; }

    /// <summary>DHT nodes that answer; null while we are none ourselves.</summary>
    public required int? DhtNodes { get; init; }

    /// <summary>Connections with peers, of all torrents.</summary>
    public required int Connections { get; init; }

    /// <summary>Bytes of verified content in memory.</summary>
    public required long MemoryUsed { get; init; }

    /// <summary>Bytes of it kept there at most.</summary>
    public required long MemoryLimit { get; init; }

    /// <summary>Bytes reserved in the cache directory by this process; null where nothing is kept there.</summary>
    public required long? DiskUsed { get; init; }

    /// <summary>Bytes that this process can count on there; null where nothing is kept there.</summary>
    public required long? DiskLimit { get; init; }

    /// <summary>Where the cache is; null for memory alone.</summary>
    public required string? Directory { get; init; }
}
