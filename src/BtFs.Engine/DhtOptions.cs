using BtFs.Protocol.Metainfo;

namespace BtFs.Engine;

/// <summary>How the engine takes part in the DHT (BEP 5).</summary>
public sealed record DhtOptions
{
    /// <summary>Hosts that anybody may begin with: those of libtorrent, Transmission and BitTorrent.</summary>
    public static IReadOnlyList<PeerHint> WellKnown { get; } =
    [
        new("dht.libtorrent.org", 25401),
        new("dht.transmissionbt.com", 6881),
        new("router.bittorrent.com", 6881),
    ];

    /// <summary>Where nodes are, for when too few are known from last time. Default <see cref="WellKnown"/>.</summary>
    public IReadOnlyList<PeerHint> EntryPoints { get; init; } = WellKnown;

    /// <summary>File that keeps the nodes for the next start, absolute; null to keep none.</summary>
    public string? SavedIn { get; init; }
}
