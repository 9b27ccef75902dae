namespace BtFs.Status.Document;

/// <summary>Where verified bytes are kept.</summary>
internal sealed record CacheEntry
{
    public required long MemoryUsed { get; init; }
    public required long MemoryLimit { get; init; }
    public required long? DiskUsed { get; init; }
    public required long? DiskLimit { get; init; }
    public required string? Directory { get; init; }
}
