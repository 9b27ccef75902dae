using System.Net;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Peers;

/// <summary>What both sides of a fresh connection have told each other.</summary>
/// <param name="Address">Where the peer connects from, or was reached.</param>
/// <param name="Id">Its peer id.</param>
/// <param name="IsIncoming">Whether it called us.</param>
/// <param name="Fast">Whether both sides speak BEP 6.</param>
/// <param name="Extended">Whether both sides speak BEP 10.</param>
/// <param name="V2">Whether the peer offers BEP 52.</param>
internal sealed record PeerHello(IPEndPoint Address, PeerId Id, bool IsIncoming, bool Fast, bool Extended, bool V2)
{
    /// <summary>Whether both sides run a DHT node (BEP 5), so that each tells its port.</summary>
    internal bool Dht { get; init; }

    /// <summary>The name of the web seed that this is, its server's; null for a peer proper. Its address and id are made up then.</summary>
    internal string? WebSeed { get; init; }

    /// <summary>Whether the handshake came encrypted, whatever followed.</summary>
    internal bool CameEncrypted { get; init; }

    /// <summary>Whether what follows the handshake is encrypted.</summary>
    internal bool IsEncrypted { get; init; }

    /// <summary>Whether they came over uTP: then it is known to work.</summary>
    internal bool IsUtp { get; init; }
}
