using BtFs.Engine.Dht;
using BtFs.Engine.Discovery;
using BtFs.Engine.Peers;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Peer;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine;

/// <summary>What the torrents of one process share.</summary>
internal sealed record EngineParts(
    EngineOptions Options,
    int ListenPort,
    PeerSessionOptions Sessions,
    PeerId Self,
    PeerDialer Dialer,
    TrackerClients Trackers,
    HashWorkers Hashing,
    SharedBufferPool Buffers,
    TimeProvider Time,
    Random Random,
    ILogger Log,
    Action<Torrent> Forget)
{
    /// <summary>Finds the addresses of host names.</summary>
    internal required HostLookup Lookup { get; init; }

    /// <summary>Our part in the DHT; null where we take none.</summary>
    internal DhtLoop? Dht { get; init; }
}
