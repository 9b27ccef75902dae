using System.Buffers.Binary;
using System.Net;
using System.Numerics;

namespace BtFs.Protocol.Dht;

/// <summary>Node ids that belong to an address, so that nobody can choose where in the DHT to stand (BEP 42).</summary>
public static class SecureNodeId
{
    /// <summary>Bits of the id that the address decides.</summary>
    public const int Bits = 21;

    private const int LastByte = NodeId.Size - 1;
    private const byte Choices = 7;

    /// <summary>Whether a node at <paramref name="address"/> may have this id. Says nothing of local addresses, which BEP 42 leaves out.</summary>
    public static bool Fits(in NodeId id, IPAddress address) => (Prefix(id) ^ Checksum(address, id[LastByte])) >> (32 - Bits) == 0;

    /// <summary>An id for a node at <paramref name="address"/>; what the address leaves open is random.</summary>
    public static NodeId For(IPAddress address, Random random)
    {
        var id = NodeId.Any(random);
        var checksum = Checksum(address, id[LastByte]);
        id[0] = (byte)(checksum >> 24);
        id[1] = (byte)((checksum >> 16) & 0xff);
        id[2] = (byte)(((checksum >> 8) & 0xf8) | (id[2] & 7u));
        return id;
    }

    private static uint Prefix(in NodeId id) => BinaryPrimitives.ReadUInt32BigEndian(id);

    /// <summary>CRC32C over what a network's owner cannot change at will, and three bits of choice from the id's last byte.</summary>
    private static uint Checksum(IPAddress address, byte choice)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        ReadOnlySpan<byte> mask = length == bytes.Length
            ? [0x01, 0x03, 0x07, 0x0f, 0x1f, 0x3f, 0x7f, 0xff]
            : [0x03, 0x0f, 0x3f, 0xff];
        var crc = uint.MaxValue;
        for (var i = 0; i < mask.Length; i++)
        {
            var masked = bytes[i] & mask[i];
            crc = BitOperations.Crc32C(crc, (byte)(i == 0 ? masked | ((choice & Choices) << 5) : masked));
        }

        return ~crc;
    }
}
