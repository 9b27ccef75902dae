namespace BtFs.Status.Document;

/// <summary>Pieces side by side that are in one state.</summary>
internal sealed record RunEntry
{
    public required int First { get; init; }
    public required int Count { get; init; }
    public required string State { get; init; }
}
