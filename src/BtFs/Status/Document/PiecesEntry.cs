namespace BtFs.Status.Document;

/// <summary>The pieces of a torrent.</summary>
internal sealed record PiecesEntry
{
    public required long Length { get; init; }
    public required int Count { get; init; }
    public required int Have { get; init; }
    public required int UnderWay { get; init; }
    public required int RarestCopies { get; init; }
    public required IReadOnlyList<int> Copies { get; init; }
    public required IReadOnlyList<RunEntry> Runs { get; init; }
}
