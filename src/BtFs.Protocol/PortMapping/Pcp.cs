using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace BtFs.Protocol.PortMapping;

/// <summary>PCP (RFC 6887), its MAP opcode: for IPv4 a port of the gateway, for IPv6 a hole in its firewall.</summary>
public static class Pcp
{
    /// <summary>Bytes of the number that ties an answer, and every renewal, to its request (11.1).</summary>
    public const int NonceBytes = 12;

    /// <summary>Longest packet in either direction (7).</summary>
    public const int MaxBytes = 1_100;

    /// <summary>The answer of a gateway that speaks only NAT-PMP, or another version (7.4).</summary>
    public const int UnsupportedVersion = 1;

    private const byte Version = 2;
    private const byte Announce = 0;
    private const byte Map = 1;
    private const byte IsAnswer = 128;
    private const int IPv4Bytes = 4;
    private const int HeadBytes = 24;
    private const int MapBytes = HeadBytes + 36;

    /// <summary>Asks for a port.</summary>
    /// <param name="local">Our address, as the gateway sees it.</param>
    /// <param name="nonce"><see cref="NonceBytes"/>, the same for each renewal and the end.</param>
    /// <param name="protocol">Of what.</param>
    /// <param name="internalPort">Where we listen.</param>
    /// <param name="wanted">The port of the gateway that would suit us.</param>
    /// <param name="seconds">For how long; 0 gives the port back.</param>
    public static byte[] WriteMapRequest(IPAddress local, ReadOnlySpan<byte> nonce, TransportProtocol protocol, ushort internalPort, ushort wanted, uint seconds)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(nonce.Length, NonceBytes);
        var packet = new byte[MapBytes];
        packet[0] = Version;
        packet[1] = Map;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), seconds);
        local.MapToIPv6().TryWriteBytes(packet.AsSpan(8), out _);
        nonce.CopyTo(packet.AsSpan(HeadBytes));
        packet[36] = (byte)protocol;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(40), internalPort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(42), wanted);

        // No address in particular, but one of our own family (11.1).
        var any = local.GetAddressBytes().Length > IPv4Bytes ? IPAddress.IPv6Any : IPAddress.Any.MapToIPv6();
        any.TryWriteBytes(packet.AsSpan(44), out _);
        return packet;
    }

    /// <summary>Asks for the gateway's clock and nothing else (14.1).</summary>
    /// <param name="local">Our address, as the gateway sees it.</param>
    public static byte[] WriteAnnounceRequest(IPAddress local)
    {
        var packet = new byte[HeadBytes];
        packet[0] = Version;
        packet[1] = Announce;
        local.MapToIPv6().TryWriteBytes(packet.AsSpan(8), out _);
        return packet;
    }

    /// <summary>Reads the answer to <see cref="WriteAnnounceRequest"/>.</summary>
    /// <param name="packet">A packet from the gateway.</param>
    /// <param name="seconds">Since it began to remember whom it gave what (8.5).</param>
    /// <returns><see langword="false"/> if it is no such answer.</returns>
    public static bool TryReadEpoch(ReadOnlySpan<byte> packet, out uint seconds)
    {
        var isAnswer = packet.Length is >= HeadBytes and <= MaxBytes && packet[0] == Version && packet[1] == (IsAnswer | Announce);
        seconds = isAnswer ? BinaryPrimitives.ReadUInt32BigEndian(packet[8..]) : 0;
        return isAnswer;
    }

    /// <summary>Reads the answer to <see cref="WriteMapRequest"/>.</summary>
    /// <param name="packet">A packet from the gateway.</param>
    /// <param name="nonce">That of the request.</param>
    /// <param name="protocol">What was asked for.</param>
    /// <param name="internalPort">And for which port.</param>
    /// <param name="answer">What was given.</param>
    /// <returns><see langword="false"/> if it is no answer to that: anyone who can forge the gateway's address can send such.</returns>
    public static bool TryReadMap(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> nonce, TransportProtocol protocol, ushort internalPort, [NotNullWhen(true)] out MapAnswer? answer)
    {
        answer = null;
        if (packet.Length is < 4 or > MaxBytes)
        {
            return false;
        }

        if (packet[0] != Version)
        {
            // NAT-PMP's way to say so, with a version and a length of its own.
            answer = packet[1] >= IsAnswer && packet[3] == UnsupportedVersion ? new MapAnswer(UnsupportedVersion, 0, TimeSpan.Zero, null) : null;
        }
        else if (packet[1] == (IsAnswer | Map) && packet.Length >= MapBytes && packet.Slice(HeadBytes, NonceBytes).SequenceEqual(nonce)
            && packet[36] == (byte)protocol && BinaryPrimitives.ReadUInt16BigEndian(packet[40..]) == internalPort)
        {
            var lifetime = TimeSpan.FromSeconds(BinaryPrimitives.ReadUInt32BigEndian(packet[4..]));
            answer = packet[3] != 0
                ? new MapAnswer(packet[3], 0, lifetime, null)
                : new MapAnswer(0, BinaryPrimitives.ReadUInt16BigEndian(packet[42..]), lifetime, Plain(new IPAddress(packet.Slice(44, 16))));
        }

        return answer is not null;
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
