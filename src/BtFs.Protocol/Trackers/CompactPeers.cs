using System.Buffers.Binary;
using System.Net;

namespace BtFs.Protocol.Trackers;

/// <summary>Peers as address and port without anything between them: 6 bytes each for IPv4 (BEP 23), 18 for IPv6 (BEP 7).</summary>
public static class CompactPeers
{
    /// <summary>Bytes of an IPv4 address.</summary>
    public const int IPv4Bytes = 4;

    /// <summary>Bytes of an IPv6 address.</summary>
    public const int IPv6Bytes = 16;

    /// <summary>Adds the peers of <paramref name="bytes"/> to <paramref name="peers"/> until it holds <paramref name="max"/>.</summary>
    /// <param name="bytes">The addresses. Some bytes too many at the end are passed over.</param>
    /// <param name="addressBytes">4 or 16.</param>
    /// <param name="peers">Where they go. A peer with port 0 cannot be called, and is dropped.</param>
    /// <param name="max">Most peers that the list may hold.</param>
    public static void Read(ReadOnlySpan<byte> bytes, int addressBytes, ICollection<IPEndPoint> peers, int max)
    {
        var stride = addressBytes + sizeof(ushort);
        for (; bytes.Length >= stride && peers.Count < max; bytes = bytes[stride..])
        {
            var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[addressBytes..]);
            if (port != 0)
            {
                peers.Add(new IPEndPoint(Plain(new IPAddress(bytes[..addressBytes])), port));
            }
        }
    }

    /// <summary>The IPv4 address where <paramref name="address"/> is one in IPv6 clothes (::ffff:192.0.2.1), else itself.</summary>
    internal static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
