namespace BtFs.Status.Document;

/// <summary>A connected peer, or a web seed.</summary>
internal sealed record PeerEntry
{
    public required string Address { get; init; }
    public required string Client { get; init; }
    public required string Transport { get; init; }
    public required bool Encrypted { get; init; }
    public required bool Incoming { get; init; }
    public required double ConnectedFor { get; init; }
    public required double? Share { get; init; }
    public required double DownloadRate { get; init; }
    public required double UploadRate { get; init; }
    public required long Downloaded { get; init; }
    public required long Uploaded { get; init; }
    public required double RoundTrip { get; init; }
    public required int Requested { get; init; }
    public required int Wanted { get; init; }
    public required bool ChokesUs { get; init; }
    public required bool WeChoke { get; init; }
    public required bool Interested { get; init; }
    public required bool WeAreInterested { get; init; }
    public required bool Suspect { get; init; }
}
