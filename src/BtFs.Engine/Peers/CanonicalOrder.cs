using System.Net;
using BtFs.Engine.Discovery;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Peers;

/// <summary>The order of BEP 40 among addresses of which nothing else is known. Without our own address, and among local ones, all are alike.</summary>
/// <param name="external">Our addresses as others see them.</param>
/// <param name="port">The port at which they call us; decides only between peers behind one address with us.</param>
internal sealed class CanonicalOrder(ExternalAddresses external, Func<int> port)
{
    /// <summary>The priority of an address that was connected, or may be; the greater the better.</summary>
    internal uint Of(IPEndPoint peer) => external.Of(peer.AddressFamily) is { } ours ? Of(peer, ours) : 0;

    /// <summary>The same of an address in the book, worked out once for each address of ours.</summary>
    internal uint Of(IPEndPoint address, KnownPeer peer)
    {
        if (external.Of(address.AddressFamily) is not { } ours)
        {
            return 0;
        }

        if (!ReferenceEquals(peer.PriorityFor, ours))
        {
            peer.PriorityFor = ours;
            peer.Priority = Of(address, ours);
        }

        return peer.Priority;
    }

    private uint Of(IPEndPoint peer, IPAddress ours) =>
        AddressScope.IsLocal(peer.Address) ? 0 : PeerPriority.Of(new IPEndPoint(ours, port()), peer);
}
