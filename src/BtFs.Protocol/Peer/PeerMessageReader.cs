using System.Buffers;
using System.Buffers.Binary;

namespace BtFs.Protocol.Peer;

/// <summary>Turns a frame into a message of its own. Everything but PIECE, which <see cref="PieceFrame"/> reads without a copy.</summary>
public static class PeerMessageReader
{
    // Messages that say nothing but their name are shared.
    private static readonly PeerMessage Choke = new PeerMessage.Choke();
    private static readonly PeerMessage Unchoke = new PeerMessage.Unchoke();
    private static readonly PeerMessage Interested = new PeerMessage.Interested();
    private static readonly PeerMessage NotInterested = new PeerMessage.NotInterested();
    private static readonly PeerMessage HaveAll = new PeerMessage.HaveAll();
    private static readonly PeerMessage HaveNone = new PeerMessage.HaveNone();

    /// <summary>Reads any message but PIECE. Numbers come out 0 or more, but unchecked against the torrent.</summary>
    /// <exception cref="ArgumentException">The frame is a PIECE.</exception>
    /// <exception cref="ProtocolViolationException">The body has a length that the message cannot have, or a number is negative.</exception>
    public static PeerMessage Read(PeerFrame frame)
    {
        var body = frame.Body;
        return (MessageId)frame.Id switch
        {
            MessageId.Extended => ReadExtended(body),
            MessageId.Bitfield => new PeerMessage.Bitfield(body.ToArray()),
            MessageId.Hashes => ReadHashes(body),
            MessageId.Piece => throw new ArgumentException("A PIECE is read by PieceFrame.", nameof(frame)),
            _ => ReadFixed(frame),
        };
    }

    private static PeerMessage ReadFixed(PeerFrame frame)
    {
        MessageLength.Check(frame.Id, frame.Body.Length, FrameLimits.Unknown);
        Span<byte> buffer = stackalloc byte[HashRangeFormat.Bytes];
        var body = buffer[..(int)Math.Min(buffer.Length, frame.Body.Length)];
        frame.Body.Slice(0, body.Length).CopyTo(body);
        return (MessageId)frame.Id switch
        {
            MessageId.Choke => Choke,
            MessageId.Unchoke => Unchoke,
            MessageId.Interested => Interested,
            MessageId.NotInterested => NotInterested,
            MessageId.Have => new PeerMessage.Have(WireNumber.Read(body)),
            MessageId.Request => new PeerMessage.Request(WireNumber.Read(body), WireNumber.Read(body[4..]), WireNumber.Read(body[8..])),
            MessageId.Cancel => new PeerMessage.Cancel(WireNumber.Read(body), WireNumber.Read(body[4..]), WireNumber.Read(body[8..])),
            MessageId.Port => new PeerMessage.Port(BinaryPrimitives.ReadUInt16BigEndian(body)),
            MessageId.SuggestPiece => new PeerMessage.SuggestPiece(WireNumber.Read(body)),
            MessageId.HaveAll => HaveAll,
            MessageId.HaveNone => HaveNone,
            MessageId.RejectRequest => new PeerMessage.RejectRequest(WireNumber.Read(body), WireNumber.Read(body[4..]), WireNumber.Read(body[8..])),
            MessageId.AllowedFast => new PeerMessage.AllowedFast(WireNumber.Read(body)),
            MessageId.HashRequest => new PeerMessage.HashRequest(HashRangeFormat.Read(body)),
            MessageId.HashReject => new PeerMessage.HashReject(HashRangeFormat.Read(body)),
            _ => new PeerMessage.Unknown(frame.Id),
        };
    }

    private static PeerMessage ReadExtended(in ReadOnlySequence<byte> body)
    {
        if (body.IsEmpty)
        {
            throw new ProtocolViolationException("Peer sent an extended message without an extension id.");
        }

        return new PeerMessage.Extended(body.FirstSpan[0], body.Slice(1).ToArray());
    }

    private static PeerMessage ReadHashes(in ReadOnlySequence<byte> body)
    {
        MessageLength.Check((byte)MessageId.Hashes, body.Length, FrameLimits.Unknown);
        Span<byte> range = stackalloc byte[HashRangeFormat.Bytes];
        body.Slice(0, range.Length).CopyTo(range);
        var values = body.Slice(range.Length);
        if (values.Length % HashRangeFormat.RootBytes != 0)
        {
            throw new ProtocolViolationException($"Peer sent {values.Length} bytes of hashes, not a multiple of {HashRangeFormat.RootBytes}.");
        }

        return new PeerMessage.Hashes(HashRangeFormat.Read(range), values.ToArray());
    }
}
