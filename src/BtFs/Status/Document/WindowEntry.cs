namespace BtFs.Status.Document;

/// <summary>What is fetched ahead of a reader.</summary>
internal sealed record WindowEntry
{
    public required long Start { get; init; }
    public required long End { get; init; }
}
