using System.Net;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.LocalDiscovery;

/// <summary>Something that happened to local discovery. Everything that changes its state comes in as one of these.</summary>
internal abstract record LocalDiscoveryEvent
{
    /// <summary>A datagram came in; its bytes are the event's.</summary>
    internal sealed record DatagramReceived(ReadOnlyMemory<byte> Datagram, IPEndPoint From) : LocalDiscoveryEvent;

    /// <summary>A torrent wants peers, and to be found, from now on.</summary>
    internal sealed record SearchJoined(LocalSearch Search) : LocalDiscoveryEvent;

    /// <summary>It does no longer.</summary>
    internal sealed record SearchLeft(InfoHash Torrent) : LocalDiscoveryEvent;

    /// <summary>There are other networks now: nobody there has heard of us.</summary>
    internal sealed record NetworksChanged : LocalDiscoveryEvent;

    /// <summary>Time has passed.</summary>
    internal sealed record Tick : LocalDiscoveryEvent;
}
