using System.Buffers.Binary;
using System.Net;

namespace BtFs.Protocol.Dht;

/// <summary>An address and port without anything between them: 6 bytes for IPv4, 18 for IPv6 (BEP 5, BEP 32).</summary>
public static class CompactAddress
{
    /// <summary>Bytes of an IPv4 address with its port.</summary>
    public const int IPv4Bytes = 6;

    /// <summary>Bytes of an IPv6 address with its port.</summary>
    public const int IPv6Bytes = 18;

    /// <summary>How many bytes an address of a family takes.</summary>
    public static int BytesOf(DhtFamilies family) => family == DhtFamilies.IPv6 ? IPv6Bytes : IPv4Bytes;

    /// <summary>The family of an address.</summary>
    public static DhtFamilies FamilyOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 16 ? DhtFamilies.IPv6 : DhtFamilies.IPv4;
    }

    /// <summary>Reads an address of 6 or 18 bytes. An IPv4 address in IPv6 clothes comes as IPv4.</summary>
    /// <returns>Null if it has another length, or port 0.</returns>
    public static IPEndPoint? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is not (IPv4Bytes or IPv6Bytes))
        {
            return null;
        }

        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[^2..]);
        var address = new IPAddress(bytes[..^2]);
        return port == 0 ? null : new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, port);
    }

    /// <summary>Writes an address to the front of <paramref name="destination"/>.</summary>
    /// <returns>Bytes written: 6 or 18.</returns>
    public static int Write(Span<byte> destination, IPEndPoint address)
    {
        address.Address.TryWriteBytes(destination, out var bytes);
        BinaryPrimitives.WriteUInt16BigEndian(destination[bytes..], (ushort)address.Port);
        return bytes + sizeof(ushort);
    }

    /// <summary>The address as bytes.</summary>
    public static byte[] ToBytes(IPEndPoint address)
    {
        Span<byte> bytes = stackalloc byte[IPv6Bytes];
        return bytes[..Write(bytes, address)].ToArray();
    }
}
