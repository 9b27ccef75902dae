using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;

namespace BtFs.Protocol.Trackers;

/// <summary>What a tracker is told, and asked for.</summary>
public sealed record AnnounceRequest
{
    /// <summary>Peers asked for by default.</summary>
    public const int DefaultPeersWanted = 100;

    public required InfoHash InfoHash { get; init; }

    public required PeerId PeerId { get; init; }

    /// <summary>The TCP port that peers can reach us on; 0 where there is none.</summary>
    public required ushort Port { get; init; }

    /// <summary>Payload bytes sent since <see cref="AnnounceEvent.Started"/>.</summary>
    public long Uploaded { get; init; }

    /// <summary>Payload bytes received since <see cref="AnnounceEvent.Started"/>.</summary>
    public long Downloaded { get; init; }

    /// <summary>Bytes still missing of the whole torrent.</summary>
    public long Left { get; init; }

    public AnnounceEvent Event { get; init; }

    /// <summary>Peers asked for, 0 or more. Default 100.</summary>
    public int PeersWanted { get; init; } = DefaultPeersWanted;

    /// <summary>A random number by which the tracker knows this session again when its address changes.</summary>
    public uint Key { get; init; }

    /// <summary>The <c>tracker id</c> that this tracker gave earlier, as it was.</summary>
    public ReadOnlyMemory<byte> TrackerId { get; init; }
}
