namespace BtFs.Status.Document;

/// <summary>A program that looks into many files, or that the user has named.</summary>
internal sealed record ScannerEntry
{
    public required string Program { get; init; }
    public required string State { get; init; }
    public required long Openings { get; init; }
    public required long BytesRead { get; init; }
    public required long BytesFetched { get; init; }
    public required long Refusals { get; init; }
}
