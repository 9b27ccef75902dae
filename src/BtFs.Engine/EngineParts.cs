using BtFs.Engine.Dht;
using BtFs.Engine.Discovery;
using BtFs.Engine.LocalDiscovery;
using BtFs.Engine.Network;
using BtFs.Engine.Peers;
using BtFs.Engine.PortMapping;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Peer;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine;

/// <summary>What the torrents of one process share.</summary>
internal sealed record EngineParts(
    EngineOptions Options,
    PublicPorts Ports,
    PeerSessionOptions Sessions,
    OurPeerId Self,
    PeerDialer Dialer,
    TrackerClients Trackers,
    HashWorkers Hashing,
    SharedBufferPool Buffers,
    TimeProvider Time,
    Random Random,
    ILogger Log,
    Action<Torrent> Forget)
{
    /// <summary>The connections that all torrents share.</summary>
    internal required ConnectionShares Connections { get; init; }

    /// <summary>Keeps many torrents from beginning all at once.</summary>
    internal required RateLimiter Beginnings { get; init; }

    /// <summary>Finds the addresses of host names.</summary>
    internal required HostLookup Lookup { get; init; }

    /// <summary>By which way packets leave.</summary>
    internal required NetworkRoute Route { get; init; }

    /// <summary>Our part in the DHT; null where we take none.</summary>
    internal DhtLoop? Dht { get; init; }

    /// <summary>Finds peers on the local network; null where it is not asked.</summary>
    internal LocalDiscoveryLoop? LocalNetwork { get; init; }

    /// <summary>Has gateways lead to our ports; null where they are not asked.</summary>
    internal PortMapper? Mapper { get; init; }

    /// <summary>Our addresses as others see them.</summary>
    internal required ExternalAddresses External { get; init; }
}
