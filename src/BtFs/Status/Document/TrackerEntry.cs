namespace BtFs.Status.Document;

/// <summary>A tracker.</summary>
internal sealed record TrackerEntry
{
    public required string Name { get; init; }
    public required string State { get; init; }
    public required int Peers { get; init; }
    public required int? Seeders { get; init; }
    public required int? Leechers { get; init; }
    public required double? AskedAgo { get; init; }
    public required double NextIn { get; init; }
    public required string? Error { get; init; }
}
