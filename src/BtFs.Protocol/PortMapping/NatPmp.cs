using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace BtFs.Protocol.PortMapping;

/// <summary>NAT-PMP (RFC 6886): packets to and from UDP port 5351 of the gateway.</summary>
public static class NatPmp
{
    /// <summary>The port of the gateway, for PCP as well.</summary>
    public const int GatewayPort = 5351;

    /// <summary>Longest packet in either direction.</summary>
    public const int MaxBytes = 16;

    private const byte Version = 0;
    private const byte IsAnswer = 128;
    private const byte AskAddress = 0;
    private const byte MapUdp = 1;
    private const byte MapTcp = 2;
    private const int HeadBytes = 4;
    private const int EpochEnd = 8;
    private const int AddressBytes = 12;

    /// <summary>Asks for the gateway's outer address.</summary>
    public static byte[] WriteAddressRequest() => [Version, AskAddress];

    /// <summary>Asks for a port of the gateway.</summary>
    /// <param name="protocol">Of what.</param>
    /// <param name="internalPort">Where we listen.</param>
    /// <param name="wanted">The port of the gateway that would suit us; 0 with a lifetime of zero.</param>
    /// <param name="seconds">For how long; 0 gives the port back.</param>
    public static byte[] WriteMapRequest(TransportProtocol protocol, ushort internalPort, ushort wanted, uint seconds)
    {
        var packet = new byte[12];
        packet[1] = Opcode(protocol);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), internalPort);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), wanted);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), seconds);
        return packet;
    }

    /// <summary>Reads the answer to <see cref="WriteAddressRequest"/>.</summary>
    /// <param name="packet">A packet from the gateway.</param>
    /// <param name="address">Its outer address; null where it refuses.</param>
    /// <returns><see langword="false"/> if it is no such answer.</returns>
    public static bool TryReadAddress(ReadOnlySpan<byte> packet, out IPAddress? address)
    {
        address = null;
        if (!TryReadResult(packet, AskAddress, out var result) || (result == 0 && packet.Length < AddressBytes))
        {
            return false;
        }

        address = result == 0 ? new IPAddress(packet.Slice(8, 4)) : null;
        return true;
    }

    /// <summary>Reads the gateway's clock from its answer to <see cref="WriteAddressRequest"/>.</summary>
    /// <param name="packet">A packet from the gateway.</param>
    /// <param name="seconds">Since it began to remember whom it gave what.</param>
    /// <returns><see langword="false"/> if it is no such answer.</returns>
    public static bool TryReadEpoch(ReadOnlySpan<byte> packet, out uint seconds)
    {
        var isAnswer = TryReadResult(packet, AskAddress, out _) && packet.Length >= EpochEnd;
        seconds = isAnswer ? BinaryPrimitives.ReadUInt32BigEndian(packet[HeadBytes..]) : 0;
        return isAnswer;
    }

    /// <summary>Reads the answer to <see cref="WriteMapRequest"/>.</summary>
    /// <param name="packet">A packet from the gateway.</param>
    /// <param name="protocol">What was asked for.</param>
    /// <param name="internalPort">And for which port.</param>
    /// <param name="answer">What was given.</param>
    /// <returns><see langword="false"/> if it is no answer to that.</returns>
    public static bool TryReadMap(ReadOnlySpan<byte> packet, TransportProtocol protocol, ushort internalPort, [NotNullWhen(true)] out MapAnswer? answer)
    {
        answer = null;
        if (!TryReadResult(packet, Opcode(protocol), out var result))
        {
            return false;
        }

        if (result != 0)
        {
            answer = new MapAnswer(result, 0, TimeSpan.Zero, null);
        }
        else if (packet.Length >= MaxBytes && BinaryPrimitives.ReadUInt16BigEndian(packet[8..]) == internalPort)
        {
            answer = new MapAnswer(0, BinaryPrimitives.ReadUInt16BigEndian(packet[10..]), TimeSpan.FromSeconds(BinaryPrimitives.ReadUInt32BigEndian(packet[12..])), null);
        }

        return answer is not null;
    }

    private static bool TryReadResult(ReadOnlySpan<byte> packet, byte opcode, out int result)
    {
        result = 0;
        if (packet.Length < HeadBytes || packet[0] != Version || packet[1] != (IsAnswer | opcode))
        {
            return false;
        }

        result = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        return true;
    }

    private static byte Opcode(TransportProtocol protocol) => protocol == TransportProtocol.Udp ? MapUdp : MapTcp;
}
