namespace BtFs.Engine.Reports;

/// <summary>What a torrent's loop has to say.</summary>
internal sealed record SwarmReport
{
    internal required TorrentStatus Status { get; init; }
    internal required double DownloadRate { get; init; }
    internal required double UploadRate { get; init; }
    internal required long BytesWasted { get; init; }
    internal required IReadOnlyList<PeerReport> Peers { get; init; }
    internal required IReadOnlyList<WaitReport> Waits { get; init; }
}
