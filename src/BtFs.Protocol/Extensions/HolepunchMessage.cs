using System.Buffers.Binary;
using System.Net;
using BtFs.Protocol.Dht;
using BtFs.Protocol.Peer;

namespace BtFs.Protocol.Extensions;

/// <summary>Two peers that cannot be called make a hole for each other with the help of a third (ut_holepunch, BEP 55).</summary>
/// <param name="Type">What is asked or said.</param>
/// <param name="Address">Of the peer it is about; anything at all, but no port 0.</param>
/// <param name="Error">Why not, in an error; else <see cref="HolepunchError.None"/>.</param>
public sealed record HolepunchMessage(HolepunchMessageType Type, IPEndPoint Address, HolepunchError Error = HolepunchError.None)
{
    private const int Prefix = 2;
    private const int ErrorBytes = sizeof(uint);

    /// <summary>Reads the payload of an extended message. What is left out of the error counts as none.</summary>
    /// <returns>Null for a type, a family or a port that there is not.</returns>
    /// <exception cref="ProtocolViolationException">It is shorter than it should be.</exception>
    public static HolepunchMessage? Read(ReadOnlySpan<byte> payload)
    {
        var bytes = payload.Length < Prefix ? 0 : payload[1] == 0 ? CompactAddress.IPv4Bytes : CompactAddress.IPv6Bytes;
        if (payload.Length < Prefix + bytes)
        {
            throw new ProtocolViolationException($"Peer sent {payload.Length} bytes as a ut_holepunch message.");
        }

        var rest = payload[(Prefix + bytes)..];
        var error = rest.Length >= ErrorBytes ? (HolepunchError)BinaryPrimitives.ReadUInt32BigEndian(rest) : HolepunchError.None;
        return payload[0] <= (byte)HolepunchMessageType.Error && payload[1] <= 1 && CompactAddress.Read(payload.Slice(Prefix, bytes)) is { } address
            ? new HolepunchMessage((HolepunchMessageType)payload[0], address, error)
            : null;
    }

    /// <summary>The message to send to a peer that takes ut_holepunch under <paramref name="extensionId"/>.</summary>
    public PeerMessage.Extended ToMessage(byte extensionId)
    {
        var address = CompactAddress.ToBytes(Address);
        var payload = new byte[Prefix + address.Length + ErrorBytes];
        payload[0] = (byte)Type;
        payload[1] = (byte)(address.Length == CompactAddress.IPv6Bytes ? 1 : 0);
        address.CopyTo(payload, Prefix);
        BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(Prefix + address.Length), (uint)Error);
        return new PeerMessage.Extended(extensionId, payload);
    }
}
