namespace BtFs.Status.Document;

/// <summary>A file that somebody has open.</summary>
internal sealed record ReaderEntry
{
    public required string File { get; init; }
    public required int Process { get; init; }
    public required string? Program { get; init; }
    public required string Style { get; init; }
    public required long Position { get; init; }
    public required long BytesRead { get; init; }
    public required double Rate { get; init; }
    public required WindowEntry? Window { get; init; }
    public required WaitEntry? Wait { get; init; }
}
