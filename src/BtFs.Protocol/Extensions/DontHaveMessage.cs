using System.Buffers.Binary;
using BtFs.Protocol.Peer;

namespace BtFs.Protocol.Extensions;

/// <summary>The opposite of HAVE: the sender gave a piece up (lt_donthave, BEP 54).</summary>
/// <param name="Piece">0 or more, unchecked against the torrent.</param>
public readonly record struct DontHaveMessage(int Piece)
{
    /// <summary>Reads the payload of an extended message.</summary>
    /// <exception cref="ProtocolViolationException">Not four bytes, or negative.</exception>
    public static DontHaveMessage Read(ReadOnlySpan<byte> payload) => payload.Length == sizeof(int)
        ? new(WireNumber.Read(payload))
        : throw new ProtocolViolationException($"Peer sent {payload.Length} bytes as a DONTHAVE.");

    /// <summary>The message to send to a peer that takes lt_donthave under <paramref name="extensionId"/>.</summary>
    public PeerMessage.Extended ToMessage(byte extensionId)
    {
        var payload = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(payload, Piece);
        return new PeerMessage.Extended(extensionId, payload);
    }
}
