using System.Net;
using BtFs.Engine.Discovery;
using BtFs.Protocol.Dht;

namespace BtFs.Engine.Dht;

/// <summary>What an address says of a node's owner, and how far a node may be believed for it.</summary>
/// <remarks>
/// Addresses of one network are one owner's for all we know: a table full of them would be his. Local networks are left out, as in BEP 42:
/// whoever sits there can do worse, and a home has one network for all its machines.
/// </remarks>
internal static class NodeNetwork
{
    /// <summary>The network that counts as one owner: a /24 of IPv4, a /64 of IPv6.</summary>
    internal static ulong OwnerOf(IPAddress address) => AddressScope.OwnerOf(address);

    /// <summary>The network whose packets are counted together: a /24 of IPv4, a /56 of IPv6.</summary>
    internal static ulong CallerOf(IPAddress address)
    {
        var owner = OwnerOf(address);
        return CompactAddress.FamilyOf(address) == DhtFamilies.IPv6 ? owner & ~0xffUL : owner;
    }

    /// <summary>Whether the node stands where its address says that it belongs (BEP 42).</summary>
    internal static bool IsVerified(in NodeId id, IPAddress address, bool isLocal) => isLocal || SecureNodeId.Fits(id, address);
}
