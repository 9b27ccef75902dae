using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using BtFs.Engine.PortMapping;

namespace BtFs.Engine.Network;

/// <summary>This machine's network at one moment, as far as connections with peers depend upon it.</summary>
/// <param name="Addresses">All its addresses, without scope ids.</param>
/// <param name="GatewayV4">Its way to the Internet by IPv4; null where there is none.</param>
/// <param name="GatewayV6">The same by IPv6.</param>
internal sealed record NetworkView(IReadOnlyDictionary<IPAddress, NetworkView.Place> Addresses, Gateway? GatewayV4, Gateway? GatewayV6)
{
    /// <summary>The network as it is now; null where that cannot be told.</summary>
    internal static NetworkView? Now()
    {
        try
        {
            var addresses = new Dictionary<IPAddress, Place>();
            foreach (var network in NetworkInterface.GetAllNetworkInterfaces())
            {
                var isDown = network.OperationalStatus is OperationalStatus.Down or OperationalStatus.LowerLayerDown or OperationalStatus.NotPresent;
                foreach (var unicast in network.GetIPProperties().UnicastAddresses)
                {
                    addresses[Plain(unicast.Address)] = new Place(network.Name, IsUp: !isDown);
                }
            }

            return new NetworkView(addresses, GatewayLookup.Find(AddressFamily.InterNetwork), GatewayLookup.Find(AddressFamily.InterNetworkV6));
        }
        catch (NetworkInformationException)
        {
            // An interface went away while it was looked at: the change of that comes next.
            return null;
        }
    }

    /// <summary>An address as it is compared here: IPv4 as such, IPv6 without the number of its interface.</summary>
    internal static IPAddress Plain(IPAddress address) => address switch
    {
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4(),
        { AddressFamily: AddressFamily.InterNetworkV6 } => new IPAddress(address.GetAddressBytes()),
        _ => address,
    };

    /// <summary>Whether what has changed can have killed a connection, or opened a way to peers that were out of reach.</summary>
    /// <param name="before">The network as it was.</param>
    /// <param name="standing">The addresses that our connections stand upon, <see cref="Plain"/>, this machine's own left out.</param>
    /// <remarks>
    /// While connections stand and the way to the Internet is what it was, it concerns nobody that a container got an interface, or that IPv6 took one more
    /// temporary address. Where nothing stands any change may be the one that was waited for.
    /// </remarks>
    internal bool ConcernsSince(NetworkView before, IReadOnlySet<IPAddress> standing) =>
        standing.Count == 0
        || standing.Any(address => !IsUp(address) || !before.IsUp(address))
        || IsOther(before.GatewayV4, GatewayV4, before)
        || IsOther(before.GatewayV6, GatewayV6, before);

    private bool IsUp(IPAddress address) => Addresses.TryGetValue(address, out var place) && place.IsUp;

    /// <summary>Whether packets to the Internet leave by another way. A second address beside the first on the same interface is none.</summary>
    private bool IsOther(Gateway? before, Gateway? now, NetworkView then) => (before, now) switch
    {
        (null, null) => false,
        ({ } was, { } isNow) => !was.Address.Equals(isNow.Address) || !IsUp(Plain(was.Local)) || InterfaceOf(isNow.Local) != then.InterfaceOf(was.Local),
        _ => true,
    };

    private string? InterfaceOf(IPAddress address) => Addresses.TryGetValue(Plain(address), out var place) ? place.Interface : null;

    /// <summary>Where an address is.</summary>
    /// <param name="Interface">The name of its network interface.</param>
    /// <param name="IsUp">Whether that is connected.</param>
    internal readonly record struct Place(string Interface, bool IsUp);
}
