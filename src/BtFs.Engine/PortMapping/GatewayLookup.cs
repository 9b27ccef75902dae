using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace BtFs.Engine.PortMapping;

/// <summary>Finds the gateway in the kernel's routes.</summary>
internal static class GatewayLookup
{
    // linux/route.h: the route is up, and leads to a gateway.
    private const int UpAndGateway = 0x3;

    private const string NowhereV6 = "00000000000000000000000000000000";

    // Addresses of the documentation: looking for a route to one sends nothing.
    private static readonly IPEndPoint SomewhereV4 = new(IPAddress.Parse("192.0.2.1"), 9);
    private static readonly IPEndPoint SomewhereV6 = new(IPAddress.Parse("2001:db8::1"), 9);

    /// <summary>The gateway of a family as things stand; null where there is none, as on a machine without a network.</summary>
    internal static Gateway? Find(AddressFamily family)
    {
        try
        {
            var isV6 = family == AddressFamily.InterNetworkV6;
            var address = isV6 ? ReadV6(File.ReadAllText("/proc/net/ipv6_route"), InterfaceOf) : ReadV4(File.ReadAllText("/proc/net/route"));
            if (address is null)
            {
                return null;
            }

            using var probe = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
            probe.Connect(isV6 ? SomewhereV6 : SomewhereV4);
            var local = ((IPEndPoint)probe.LocalEndPoint!).Address;
            return IPAddress.IsLoopback(local) ? null : new Gateway(address, local);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or NetworkInformationException)
        {
            // No such family in the kernel, no route, or no look at it.
            return null;
        }
    }

    /// <summary>The gateway of the default route in <c>/proc/net/route</c> with the least metric.</summary>
    internal static IPAddress? ReadV4(string routes) => Rows(routes, columns: 8)
        .Where(row => row[1] == "00000000" && row[7] == "00000000" && (Hex(row[3]) & UpAndGateway) == UpAndGateway)
        .OrderBy(row => row[6].Length).ThenBy(row => row[6], StringComparer.Ordinal)
        .Select(row => Hex(row[2]) is var address and not 0 ? new IPAddress(address) : null)
        .FirstOrDefault();

    /// <summary>The same of <c>/proc/net/ipv6_route</c>.</summary>
    /// <param name="routes">The file's text.</param>
    /// <param name="interfaceOf">The number of an interface, by which the link-local address of a gateway is reached.</param>
    internal static IPAddress? ReadV6(string routes, Func<string, int> interfaceOf) => Rows(routes, columns: 10)
        .Where(row => row[0] == NowhereV6 && row[1] == "00" && row[4] != NowhereV6 && (Hex(row[8]) & UpAndGateway) == UpAndGateway)
        .OrderBy(row => row[5], StringComparer.Ordinal)
        .Select(row => AddressOf(row[4], row[9], interfaceOf))
        .FirstOrDefault();

    private static IPAddress AddressOf(string digits, string name, Func<string, int> interfaceOf)
    {
        var address = new IPAddress(Convert.FromHexString(digits));
        if (address.IsIPv6LinkLocal)
        {
            address.ScopeId = interfaceOf(name);
        }

        return address;
    }

    private static int InterfaceOf(string name) =>
        NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(one => one.Name == name)?.GetIPProperties().GetIPv6Properties().Index ?? 0;

    private static IEnumerable<string[]> Rows(string text, int columns) => text.Split('\n')
        .Select(line => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
        .Where(row => row.Length >= columns);

    // The kernel writes an IPv4 address as the number that its bytes are in memory; what is no number is the headline.
    private static uint Hex(string digits) => uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
