using System.Net;
using BtFs.Protocol.LocalDiscovery;

namespace BtFs.Engine.LocalDiscovery;

/// <summary>The networks around this machine.</summary>
internal interface ILocalWire
{
    /// <summary>Whether there is any.</summary>
    bool HasNetworks { get; }

    /// <summary>Sends an announce into each of them. What cannot be sent is lost, like any datagram.</summary>
    void Announce(LocalAnnounce announce);

    /// <summary>Whether an address is of one of them, so that its datagram came through no router.</summary>
    bool IsNeighbour(IPAddress address);
}
