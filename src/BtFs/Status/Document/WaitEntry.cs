namespace BtFs.Status.Document;

/// <summary>For what a reader waits.</summary>
internal sealed record WaitEntry
{
    public required int Piece { get; init; }
    public required double Seconds { get; init; }
    public required string Reason { get; init; }
    public required int Peers { get; init; }
    public required int PeersWithIt { get; init; }
    public required int PeersServing { get; init; }
    public required IReadOnlyList<string> AskedOf { get; init; }
    public required long BytesHere { get; init; }
    public required long PieceLength { get; init; }
}
