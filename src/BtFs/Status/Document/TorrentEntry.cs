namespace BtFs.Status.Document;

/// <summary>A torrent.</summary>
internal sealed record TorrentEntry
{
    public required string Name { get; init; }
    public required string Infohash { get; init; }
    public required string State { get; init; }
    public required bool Private { get; init; }
    public required string Path { get; init; }
    public required long Length { get; init; }
    public required long Present { get; init; }
    public required double DownloadRate { get; init; }
    public required double UploadRate { get; init; }
    public required long Downloaded { get; init; }
    public required long Uploaded { get; init; }
    public required long Wasted { get; init; }
    public required double? Ratio { get; init; }
    public required int PeersKnown { get; init; }
    public required int PeersConnected { get; init; }
    public required int WebSeeds { get; init; }
    public required long MetadataReceived { get; init; }
    public required long MetadataLength { get; init; }
    public required int? DhtNodes { get; init; }
    public required IReadOnlyList<TrackerEntry> Trackers { get; init; }
    public required IReadOnlyList<ReaderEntry> Readers { get; init; }
    public required IReadOnlyList<FileEntry> Files { get; init; }
    public required int FilesLeftOut { get; init; }
    public required IReadOnlyList<PeerEntry> Peers { get; init; }
    public required PiecesEntry? Pieces { get; init; }
}
