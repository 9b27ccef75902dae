using System.Net;
using BtFs.Engine.Discovery;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Peers;

/// <summary>What a peer's session shares with the others.</summary>
internal sealed record PeerSessionOptions
{
    /// <summary>The clock.</summary>
    internal required TimeProvider Time { get; init; }

    /// <summary>Bytes received from all peers; also what is not payload.</summary>
    internal required RateLimiter Download { get; init; }

    /// <summary>Bytes of blocks sent to all peers. Messages go out whatever it says.</summary>
    internal required RateLimiter Upload { get; init; }

    /// <summary>The same, where the user set no rate: as much as the line takes without a queue. Null for no such limit.</summary>
    internal RateLimiter? Uplink { get; init; }

    /// <summary>Whether so many bytes wait for the disk that nothing more should be received. Asked on any thread. Default: never.</summary>
    internal Func<bool> DiskIsBehind { get; init; } = () => false;

    /// <summary>How long messages may be; default is what holds before the metadata is known.</summary>
    internal FrameLimits Frames { get; init; } = FrameLimits.Unknown;

    /// <summary>What paces blocks to an address: a neighbour is not behind our line.</summary>
    internal RateLimiter UploadTo(IPAddress address) => Upload.IsLimited || Uplink is null || AddressScope.IsLocal(address) ? Upload : Uplink;
}
