namespace BtFs.Status.Document;

/// <summary>What <c>.btfs/status.json</c> says. Every member is in docs/STATUS.md, with its unit.</summary>
internal sealed record StatusDocument
{
    /// <summary>The number of this form. It grows when a member changes its meaning or goes, not when one is added.</summary>
    public const int CurrentVersion = 1;

    public required int Version { get; init; }
    public required DateTimeOffset Time { get; init; }
    public required MountEntry Mount { get; init; }
    public required NetworkEntry Network { get; init; }
    public required CacheEntry Cache { get; init; }
    public required IReadOnlyList<ScannerEntry> Scanners { get; init; }
    public required IReadOnlyList<TorrentEntry> Torrents { get; init; }
}
