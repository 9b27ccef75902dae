namespace BtFs.Status.Document;

/// <summary>What all torrents of the process share of the network.</summary>
internal sealed record NetworkEntry
{
    public required int ListenPort { get; init; }
    public required int? DhtNodes { get; init; }
    public required int Connections { get; init; }
}
