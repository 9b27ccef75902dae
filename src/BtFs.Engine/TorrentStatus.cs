namespace BtFs.Engine;

/// <summary>A torrent at one moment, for people.</summary>
/// <param name="PeersKnown">Addresses heard of.</param>
/// <param name="PeersConnected">Peers whose handshake is done.</param>
/// <param name="MetadataBytes">Bytes of the info dictionary received; all of it once the content is known.</param>
/// <param name="MetadataSize">Its size, or 0 while nobody has told.</param>
/// <param name="BytesPresent">Verified bytes held.</param>
/// <param name="BytesDownloaded">Payload received this session, wasted bytes too.</param>
/// <param name="BytesUploaded">Payload sent this session.</param>
public sealed record TorrentStatus(
    int PeersKnown,
    int PeersConnected,
    long MetadataBytes,
    long MetadataSize,
    long BytesPresent,
    long BytesDownloaded,
    long BytesUploaded)
{
    /// <summary>DHT nodes that answer; 0 where the torrent is looked for without the DHT.</summary>
    public int DhtNodes { get; init; }

    /// <summary>What the tracker that knows of the most peers says; null where none has said.</summary>
    public TrackerCounts? Tracked { get; init; }

    /// <summary>Web seeds that are used or will be asked again; they are no connected peers.</summary>
    public int WebSeeds { get; init; }
}
