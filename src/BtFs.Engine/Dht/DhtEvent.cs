using System.Net;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Dht;

/// <summary>Something that happened to the DHT. Everything that changes its state comes in as one of these.</summary>
internal abstract record DhtEvent
{
    /// <summary>A packet came in; its bytes are the event's.</summary>
    internal sealed record PacketReceived(ReadOnlyMemory<byte> Packet, IPEndPoint From) : DhtEvent;

    /// <summary>Addresses at which nodes should be: from the user, a .torrent, the last session or the well-known hosts.</summary>
    internal sealed record NodesNamed(IReadOnlyList<IPEndPoint> Addresses) : DhtEvent;

    /// <summary>A peer says that it runs a node (BEP 5, PORT).</summary>
    internal sealed record NodeMet(IPEndPoint Address) : DhtEvent;

    /// <summary>A torrent wants peers, and to be found, from now on.</summary>
    /// <param name="Search">Which.</param>
    /// <param name="Nodes">Hosts of nodes that its .torrent names; to be looked up by the owner of the node.</param>
    internal sealed record SearchJoined(DhtSearch Search, IReadOnlyList<PeerHint> Nodes) : DhtEvent;

    /// <summary>It does no longer.</summary>
    internal sealed record SearchLeft(InfoHash Torrent) : DhtEvent;

    /// <summary>It wants peers now.</summary>
    internal sealed record SearchHurried(InfoHash Torrent) : DhtEvent;

    /// <summary>It is reached at another port than was announced.</summary>
    internal sealed record PortChanged(InfoHash Torrent) : DhtEvent;

    /// <summary>Time has passed.</summary>
    internal sealed record Tick : DhtEvent;
}
