using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace BtFs.Engine.Discovery;

/// <summary>How far an address reaches. IPv4 addresses inside IPv6 ones are judged by what they lead to.</summary>
internal static class AddressScope
{
    private const int IPv4Bytes = 4;

    private static readonly IPNetwork[] LoopbackNetworks = Networks("127.0.0.0/8", "0.0.0.0/8", "::1/128", "::/128");

    // RFC 6890's special-purpose networks that are not of the Internet at large, and multicast.
    private static readonly IPNetwork[] LocalNetworks = Networks(
        "10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4",
        "64:ff9b:1::/48", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8");

    private static readonly IPNetwork Compatible = IPNetwork.Parse("::/96");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    // RFC 8215: for translators inside a network, which may put any address there.
    private static readonly IPNetwork LocalNat64 = IPNetwork.Parse("64:ff9b:1::/48");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    /// <summary>Whether it leads to this machine. Linux takes 0.0.0.0 and :: for it, too.</summary>
    public static bool IsLoopback(IPAddress address) => IsIn(LoopbackNetworks, address);

    /// <summary>Whether it leads to this machine or to a network around it, rather than to the Internet.</summary>
    public static bool IsLocal(IPAddress address) => IsLoopback(address) || IsIn(LocalNetworks, address);

    /// <summary>Whether an address is worth a packet when somebody at <paramref name="teller"/> names it: nobody far away has us call local ones.</summary>
    public static bool MayName(IPAddress teller, IPAddress told) => !IsNobody(told) && (!IsLocal(told) || IsLocal(teller));

    /// <summary>The network that counts as one owner: a /24 of IPv4, a /64 of IPv6.</summary>
    public static ulong OwnerOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == IPv4Bytes ? BinaryPrimitives.ReadUInt32BigEndian(bytes) >> 8 : BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    /// <summary>Whether no single machine can be there.</summary>
    private static bool IsNobody(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == IPv4Bytes ? bytes[0] is 0 or >= 224 : bytes[0] == 0xff || address.Equals(IPAddress.IPv6Any);
    }

    private static bool IsIn(IPNetwork[] networks, IPAddress address) =>
        networks.Any(network => network.Contains(address)) || (Embedded(address) is { } inner && networks.Any(network => network.Contains(inner)));

    /// <summary>The IPv4 address that an IPv6 address stands for, if it does.</summary>
    private static IPAddress? Embedded(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return null;
        }

        var bytes = address.GetAddressBytes();
        if (address.IsIPv4MappedToIPv6 || Compatible.Contains(address) || Nat64.Contains(address) || LocalNat64.Contains(address))
        {
            return new IPAddress(bytes.AsSpan(12));
        }

        return SixToFour.Contains(address) ? new IPAddress(bytes.AsSpan(2, 4)) : null;
    }

    private static IPNetwork[] Networks(params string[] networks) => [.. networks.Select(IPNetwork.Parse)];
}
