using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Reports;

/// <summary>Everything worth telling of one torrent at one moment. Immutable. Texts from outside are as they came: clean them before they are shown.</summary>
public sealed record TorrentReport
{
    /// <summary>By which the swarm is found.</summary>
    public required InfoHash InfoHash { get; init; }

    /// <summary>Its name, or what the magnet calls it; null where nobody has told.</summary>
    public required string? Name { get; init; }

    public required TorrentState State { get; init; }

    /// <summary>Whether peers come from trackers alone (BEP 27).</summary>
    public required bool IsPrivate { get; init; }

    /// <summary>Bytes of all files; 0 while resolving.</summary>
    public required long Length { get; init; }

    /// <summary>The same counters that <see cref="Torrent.Status"/> has.</summary>
    public required TorrentStatus Status { get; init; }

    /// <summary>Payload per second over the last seconds, bytes.</summary>
    public required double DownloadRate { get; init; }

    /// <inheritdoc cref="DownloadRate"/>
    public required double UploadRate { get; init; }

    /// <summary>Bytes received in vain this session: duplicates, and pieces that were wrong.</summary>
    public required long BytesWasted { get; init; }

    /// <summary>Everybody connected, web seeds too.</summary>
    public required IReadOnlyList<PeerReport> Peers { get; init; }

    /// <summary>Open handles.</summary>
    public required IReadOnlyList<ReaderReport> Readers { get; init; }

    /// <summary>Null while resolving.</summary>
    public required PiecesReport? Pieces { get; init; }

    /// <summary>Who names peers.</summary>
    public required PeerSources Sources { get; init; }
}
