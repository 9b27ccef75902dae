using System.Net;
using System.Numerics;

namespace BtFs.Protocol.Peer;

/// <summary>The canonical priority of a connection (BEP 40): both its ends arrive at the same number, and nobody can choose it.</summary>
public static class PeerPriority
{
    private const int IPv4Bytes = 4;
    private const int IPv6Bytes = 16;
    private const byte Some = 0x55;

    /// <summary>The priority of the connection between two peers; the greater is preferred.</summary>
    /// <param name="ours">Our address as the peer sees it.</param>
    /// <param name="theirs">The peer's, of the same family. IPv4 addresses in IPv6 clothes must have been undressed.</param>
    /// <exception cref="ArgumentException">The families differ.</exception>
    /// <remarks>
    /// As much of both addresses counts in full as they have in common, and one part more; of the rest every second bit. So peers of one
    /// network cannot have many priorities towards strangers, but can towards each other.
    /// </remarks>
    public static uint Of(IPEndPoint ours, IPEndPoint theirs)
    {
        Span<byte> one = stackalloc byte[IPv6Bytes];
        Span<byte> other = stackalloc byte[IPv6Bytes];
        ours.Address.TryWriteBytes(one, out var length);
        theirs.Address.TryWriteBytes(other, out var otherLength);
        if (length != otherLength)
        {
            throw new ArgumentException("The addresses are of two families.", nameof(theirs));
        }

        one = one[..length];
        other = other[..length];
        var common = one.CommonPrefixLength(other);
        if (common == length)
        {
            var (low, high) = ours.Port < theirs.Port ? (ours.Port, theirs.Port) : (theirs.Port, ours.Port);
            return Checksum([(byte)(low >> 8), (byte)(low & 0xff)], [(byte)(high >> 8), (byte)(high & 0xff)]);
        }

        // IPv4: two bytes in full, three within a /16, all within a /24. IPv6 likewise, from six bytes and a /48 on.
        var least = length == IPv4Bytes ? 2 : 6;
        Mask(one, Math.Max(least, common + 1));
        Mask(other, Math.Max(least, common + 1));
        return one.SequenceCompareTo(other) < 0 ? Checksum(one, other) : Checksum(other, one);
    }

    private static void Mask(Span<byte> address, int inFull)
    {
        foreach (ref var part in address[Math.Min(inFull, address.Length)..])
        {
            part &= Some;
        }
    }

    private static uint Checksum(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var crc = uint.MaxValue;
        foreach (var part in first)
        {
            crc = BitOperations.Crc32C(crc, part);
        }

        foreach (var part in second)
        {
            crc = BitOperations.Crc32C(crc, part);
        }

        return ~crc;
    }
}
