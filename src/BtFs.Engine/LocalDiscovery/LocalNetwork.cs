using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace BtFs.Engine.LocalDiscovery;

/// <summary>A network that this machine is in.</summary>
/// <param name="Interface">The number of the interface that leads there.</param>
/// <param name="Address">Our address in it.</param>
/// <param name="PrefixLength">The bits of it that all addresses of the network share.</param>
internal sealed record LocalNetwork(int Interface, IPAddress Address, int PrefixLength)
{
    /// <summary>Whether an address is of this network.</summary>
    internal bool Contains(IPAddress address)
    {
        Span<byte> ours = stackalloc byte[16];
        Span<byte> theirs = stackalloc byte[16];
        Address.TryWriteBytes(ours, out var length);
        address.TryWriteBytes(theirs, out var otherLength);
        if (length != otherLength)
        {
            return false;
        }

        var whole = PrefixLength / 8;
        var rest = PrefixLength % 8;
        return ours[..whole].SequenceEqual(theirs[..whole]) && (rest == 0 || (ours[whole] ^ theirs[whole]) >> (8 - rest) == 0);
    }

    /// <summary>The networks that take multicast: wired or wireless, up, with an address of theirs that peers can call.</summary>
    /// <remarks>
    /// Not the loopback: who has nothing else has nobody to find. Not tunnels: there are no neighbours behind a VPN, and its owner need not
    /// know of the torrents. Not link-local addresses of IPv6, which mean nothing without their interface.
    /// </remarks>
    internal static IReadOnlyList<LocalNetwork> List()
    {
        try
        {
            return
            [
                .. NetworkInterface.GetAllNetworkInterfaces().Where(IsUsable).SelectMany(Networks)
                    .OrderBy(network => network.Interface).ThenBy(network => network.Address.ToString(), StringComparer.Ordinal),
            ];
        }
        catch (NetworkInformationException)
        {
            // An interface went while it was looked at: the next look finds another list.
            return [];
        }
    }

    private static bool IsUsable(NetworkInterface one) =>
        one.NetworkInterfaceType is NetworkInterfaceType.Ethernet or NetworkInterfaceType.Wireless80211
        && one.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown
        && one.SupportsMulticast;

    private static IEnumerable<LocalNetwork> Networks(NetworkInterface one)
    {
        var properties = one.GetIPProperties();
        foreach (var unicast in properties.UnicastAddresses)
        {
            if (unicast.Address is { AddressFamily: AddressFamily.InterNetwork } v4 && properties.GetIPv4Properties() is { } its4)
            {
                yield return new LocalNetwork(its4.Index, v4, unicast.PrefixLength);
            }
            else if (unicast.Address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv6LinkLocal: false } v6 && properties.GetIPv6Properties() is { } its6)
            {
                yield return new LocalNetwork(its6.Index, v6, unicast.PrefixLength);
            }
        }
    }
}
