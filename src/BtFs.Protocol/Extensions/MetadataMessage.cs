using System.Buffers;
using BtFs.Protocol.Bencode;
using BtFs.Protocol.Peer;

namespace BtFs.Protocol.Extensions;

/// <summary>A message of ut_metadata (BEP 9): the info dictionary in pieces of 16 KiB.</summary>
public abstract record MetadataMessage
{
    /// <summary>Bytes of each piece but the last.</summary>
    public const int PieceBytes = 16 * 1024;

    /// <summary>Bytes of the longest message: a piece, and room for the dictionary before it.</summary>
    public const int MaxBytes = 17 * 1024;

    private const int RequestType = 0;
    private const int DataType = 1;
    private const int RejectType = 2;

    private MetadataMessage()
    {
    }

    /// <summary>Asks for a piece.</summary>
    public sealed record Request(int Piece) : MetadataMessage;

    /// <summary>A piece: exactly the bytes that belong there if the whole has <paramref name="TotalBytes"/>.</summary>
    public sealed record Data(int Piece, int TotalBytes, ReadOnlyMemory<byte> Bytes) : MetadataMessage;

    /// <summary>The peer has no such piece, or does not give it now.</summary>
    public sealed record Reject(int Piece) : MetadataMessage;

    /// <summary>A kind of message that this program does not know; to be ignored (BEP 9).</summary>
    public sealed record Unknown : MetadataMessage;

    /// <summary>Reads the payload of an extended message. <see cref="Data.Bytes"/> points into <paramref name="payload"/>.</summary>
    /// <exception cref="ProtocolViolationException">Not such a message, too long, or the piece is not one of its total size.</exception>
    public static MetadataMessage Read(ReadOnlyMemory<byte> payload)
    {
        if (payload.Length > MaxBytes)
        {
            throw new ProtocolViolationException($"Peer sent a metadata message of {payload.Length} bytes; the limit is {MaxBytes}.");
        }

        var root = ExtensionBencode.ReadDictionary(payload, out var consumed);
        return Number(root, "msg_type"u8, long.MaxValue) switch
        {
            RequestType => new Request(ReadIndex(root)),
            DataType => ReadPiece(root, payload[consumed..]),
            RejectType => new Reject(ReadIndex(root)),
            _ => new Unknown(),
        };
    }

    /// <summary>Writes the payload.</summary>
    /// <exception cref="InvalidOperationException">The message is <see cref="Unknown"/>.</exception>
    public void Write(IBufferWriter<byte> writer)
    {
        switch (this)
        {
            case Request request: WriteDictionary(writer, RequestType, request.Piece); break;
            case Reject reject: WriteDictionary(writer, RejectType, reject.Piece); break;
            case Data data:
                WriteDictionary(writer, DataType, data.Piece, data.TotalBytes);
                writer.Write(data.Bytes.Span);
                break;
            default: throw new InvalidOperationException("A message of an unknown kind cannot be sent on.");
        }
    }

    /// <summary>The message to send to a peer that takes ut_metadata under <paramref name="extensionId"/>.</summary>
    public PeerMessage.Extended ToMessage(byte extensionId)
    {
        var payload = new ArrayBufferWriter<byte>();
        Write(payload);
        return new PeerMessage.Extended(extensionId, payload.WrittenMemory);
    }

    private static Data ReadPiece(BencodeValue root, ReadOnlyMemory<byte> bytes)
    {
        var piece = ReadIndex(root);
        var total = (int)Number(root, "total_size"u8, ExtensionHandshake.MaxMetadataBytes);
        var expected = Math.Min(PieceBytes, total - ((long)piece * PieceBytes));
        return bytes.Length > 0 && bytes.Length == expected
            ? new Data(piece, total, bytes)
            : throw new ProtocolViolationException($"Peer sent {bytes.Length} bytes as piece {piece} of {total} bytes of metadata.");
    }

    private static int ReadIndex(BencodeValue root) => (int)Number(root, "piece"u8, ExtensionHandshake.MaxMetadataBytes / PieceBytes);

    private static long Number(BencodeValue root, ReadOnlySpan<byte> key, long max) =>
        root.TryGetInteger(key, out var number) && number >= 0 && number <= max
            ? number
            : throw new ProtocolViolationException("Peer sent a metadata message without a usable type, piece or size.");

    private static void WriteDictionary(IBufferWriter<byte> output, int type, int piece, int? total = null)
    {
        var writer = new BencodeWriter(output);
        writer.WriteStartDictionary();
        writer.WriteKey("msg_type"u8);
        writer.WriteInteger(type);
        writer.WriteKey("piece"u8);
        writer.WriteInteger(piece);
        if (total is { } bytes)
        {
            writer.WriteKey("total_size"u8);
            writer.WriteInteger(bytes);
        }

        writer.WriteEnd();
    }
}
