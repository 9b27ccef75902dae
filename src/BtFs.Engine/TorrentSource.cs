using System.Net;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine;

/// <summary>Which torrent to join and where to ask for it first: what a .torrent or a magnet says.</summary>
public sealed record TorrentSource
{
    /// <summary>The v1 infohash, by which its swarm is found.</summary>
    public required InfoHash InfoHash { get; init; }

    /// <summary>The info dictionary where it is known; a magnet has none yet.</summary>
    public InfoDictionary? Info { get; init; }

    /// <summary>Tracker URLs by tier (BEP 12); http, https and udp.</summary>
    public IReadOnlyList<IReadOnlyList<Uri>> TrackerTiers { get; init; } = [];

    /// <summary>Web servers that have the files (BEP 19; a magnet's <c>ws</c>); those that are neither http nor https are left out.</summary>
    public IReadOnlyList<Uri> WebSeeds { get; init; } = [];

    /// <summary>Scripts on web servers that give pieces (BEP 17); http and https only, too.</summary>
    public IReadOnlyList<Uri> HttpSeeds { get; init; } = [];

    /// <summary>Peers named by hand: <c>x.pe</c> and <c>--peer</c>.</summary>
    public IReadOnlyList<IPEndPoint> Peers { get; init; } = [];

    /// <summary>Hosts of DHT nodes that the .torrent names (BEP 5, <c>nodes</c>).</summary>
    public IReadOnlyList<PeerHint> Nodes { get; init; } = [];

    /// <summary>The files that are wanted (a magnet's <c>so</c>, BEP 53): no others are fetched in advance. Empty for all.</summary>
    public IReadOnlyList<FileRange> Selected { get; init; } = [];

    /// <summary>What to call it until the info dictionary is known (a magnet's <c>dn</c>).</summary>
    public string? DisplayName { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Where each of its files lies on this machine already, by the torrent's numbering; with <see cref="Info"/>, it is seeded from there. Null to fetch it.</summary>
    public IReadOnlyList<string>? SeedPaths { get; init; }

    /// <summary>
    /// Where another client may have put its files, whole or in part: the folder that it downloads to, the torrent's own folder, or its only file.
    /// What is right there is not fetched. Null for nowhere.
    /// </summary>
    public string? LookIn { get; init; }
}
