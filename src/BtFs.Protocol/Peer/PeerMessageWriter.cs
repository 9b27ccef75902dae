using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;

namespace BtFs.Protocol.Peer;

/// <summary>Writes messages for a peer, each with its length in front (BEP 3).</summary>
public static class PeerMessageWriter
{
    private const int LengthPrefix = sizeof(int);
    private const int HeadBytes = LengthPrefix + 1;

    /// <summary>Writes any message but PIECE.</summary>
    /// <exception cref="ArgumentException">It is <see cref="PeerMessage.Unknown"/>, whose body was not kept, or a hash message with a malformed root.</exception>
    public static void Write(IBufferWriter<byte> writer, PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.KeepAlive: WriteKeepAlive(writer); break;
            case PeerMessage.Choke: WriteBody(writer, MessageId.Choke, []); break;
            case PeerMessage.Unchoke: WriteBody(writer, MessageId.Unchoke, []); break;
            case PeerMessage.Interested: WriteBody(writer, MessageId.Interested, []); break;
            case PeerMessage.NotInterested: WriteBody(writer, MessageId.NotInterested, []); break;
            case PeerMessage.Have have: WriteNumber(writer, MessageId.Have, have.Piece); break;
            case PeerMessage.Bitfield bitfield: WriteBody(writer, MessageId.Bitfield, bitfield.Bits.Span); break;
            case PeerMessage.Request request: WriteRequest(writer, request.Piece, request.Begin, request.Length); break;
            case PeerMessage.Cancel cancel: WriteBlock(writer, MessageId.Cancel, cancel.Piece, cancel.Begin, cancel.Length); break;
            case PeerMessage.Port port: WritePort(writer, port.Value); break;
            case PeerMessage.SuggestPiece suggest: WriteNumber(writer, MessageId.SuggestPiece, suggest.Piece); break;
            case PeerMessage.HaveAll: WriteBody(writer, MessageId.HaveAll, []); break;
            case PeerMessage.HaveNone: WriteBody(writer, MessageId.HaveNone, []); break;
            case PeerMessage.RejectRequest reject: WriteBlock(writer, MessageId.RejectRequest, reject.Piece, reject.Begin, reject.Length); break;
            case PeerMessage.AllowedFast allowed: WriteNumber(writer, MessageId.AllowedFast, allowed.Piece); break;
            case PeerMessage.Extended extended: WriteBody(writer, MessageId.Extended, [extended.ExtensionId], extended.Payload.Span); break;
            case PeerMessage.HashRequest request: WriteHashes(writer, MessageId.HashRequest, request.Range, []); break;
            case PeerMessage.Hashes hashes: WriteHashes(writer, MessageId.Hashes, hashes.Range, hashes.Values.Span); break;
            case PeerMessage.HashReject reject: WriteHashes(writer, MessageId.HashReject, reject.Range, []); break;
            case PeerMessage.Unknown: throw new ArgumentException("A message of an unknown id cannot be sent on.", nameof(message));
            default: throw new UnreachableException($"No way to write {message}.");
        }
    }

    /// <summary>Writes a REQUEST. Allocates nothing.</summary>
    public static void WriteRequest(IBufferWriter<byte> writer, int piece, int begin, int length) =>
        WriteBlock(writer, MessageId.Request, piece, begin, length);

    /// <summary>Writes all of a PIECE but its block, whose <paramref name="blockLength"/> bytes must follow at once. Allocates nothing.</summary>
    public static void WritePieceHeader(IBufferWriter<byte> writer, int piece, int begin, int blockLength)
    {
        const int Bytes = HeadBytes + PieceFrame.HeaderBytes;
        var span = writer.GetSpan(Bytes);
        WriteHead(span, MessageId.Piece, PieceFrame.HeaderBytes + blockLength);
        BinaryPrimitives.WriteInt32BigEndian(span[HeadBytes..], piece);
        BinaryPrimitives.WriteInt32BigEndian(span[(HeadBytes + 4)..], begin);
        writer.Advance(Bytes);
    }

    private static void WriteKeepAlive(IBufferWriter<byte> writer)
    {
        BinaryPrimitives.WriteInt32BigEndian(writer.GetSpan(LengthPrefix), 0);
        writer.Advance(LengthPrefix);
    }

    private static void WriteNumber(IBufferWriter<byte> writer, MessageId id, int number)
    {
        Span<byte> body = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(body, number);
        WriteBody(writer, id, body);
    }

    private static void WriteBlock(IBufferWriter<byte> writer, MessageId id, int piece, int begin, int length)
    {
        Span<byte> body = stackalloc byte[3 * sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(body, piece);
        BinaryPrimitives.WriteInt32BigEndian(body[4..], begin);
        BinaryPrimitives.WriteInt32BigEndian(body[8..], length);
        WriteBody(writer, id, body);
    }

    private static void WritePort(IBufferWriter<byte> writer, ushort port)
    {
        Span<byte> body = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(body, port);
        WriteBody(writer, MessageId.Port, body);
    }

    private static void WriteHashes(IBufferWriter<byte> writer, MessageId id, HashRange range, ReadOnlySpan<byte> values)
    {
        Span<byte> head = stackalloc byte[HashRangeFormat.Bytes];
        HashRangeFormat.Write(head, range);
        WriteBody(writer, id, head, values);
    }

    private static void WriteBody(IBufferWriter<byte> writer, MessageId id, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default)
    {
        var body = first.Length + second.Length;
        var span = writer.GetSpan(HeadBytes + body);
        WriteHead(span, id, body);
        first.CopyTo(span[HeadBytes..]);
        second.CopyTo(span[(HeadBytes + first.Length)..]);
        writer.Advance(HeadBytes + body);
    }

    private static void WriteHead(Span<byte> span, MessageId id, int bodyLength)
    {
        BinaryPrimitives.WriteInt32BigEndian(span, 1 + bodyLength);
        span[LengthPrefix] = (byte)id;
    }
}
