using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace BtFs.Engine.Network;

/// <summary>The addresses of this machine.</summary>
internal static class LocalAddresses
{
    /// <summary>All of them as they are now, those of interfaces that are down too, without scope ids; null where that cannot be told.</summary>
    internal static IReadOnlySet<IPAddress>? Now()
    {
        try
        {
            return NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(network => network.GetIPProperties().UnicastAddresses)
                .Select(unicast => unicast.Address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(unicast.Address.GetAddressBytes()) : unicast.Address)
                .ToHashSet();
        }
        catch (NetworkInformationException)
        {
            // An interface went away while it was looked at: the change of that comes next.
            return null;
        }
    }
}
