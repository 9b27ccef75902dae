using System.Diagnostics.CodeAnalysis;
using BtFs.Protocol.Bencode;

namespace BtFs.Protocol.Dht;

/// <summary>Reads packets of the DHT. Strangers send them, so whatever is wrong with one costs no exception.</summary>
public static class KrpcReader
{
    private const int MaxErrorChars = 100;

    /// <summary>Reads one packet.</summary>
    /// <param name="packet">All of it; kept, so it must not change.</param>
    /// <param name="message">What it says. A query with wrong arguments is <see cref="DhtQuery.Malformed"/>: it deserves an error.</param>
    /// <returns>False for what deserves no answer: no bencoding, above the limits, no transaction id, no sender.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> packet, [NotNullWhen(true)] out KrpcMessage? message)
    {
        message = packet.Length <= KrpcMessage.MaxBytes && BencodeDocument.TryParse(packet, BencodeLimits.Dht, out var document) ? Read(document.Root) : null;
        return message is not null;
    }

    private static KrpcMessage? Read(BencodeValue root)
    {
        if (!root.TryGetBytes("t"u8, out var transaction)
            || transaction.Length is 0 or > KrpcMessage.MaxTransactionBytes
            || !root.TryGetBytes("y"u8, out var kind)
            || kind.Length != 1)
        {
            return null;
        }

        return kind.Span[0] switch
        {
            (byte)'q' => ReadQuery(root, transaction),
            (byte)'r' => ReadReply(root, transaction),
            (byte)'e' => ReadError(root, transaction),
            _ => null,
        };
    }

    private static KrpcMessage.Query? ReadQuery(BencodeValue root, ReadOnlyMemory<byte> transaction)
    {
        if (!root.TryGetBytes("q"u8, out var method) || !root.TryGetDictionary("a"u8, out var arguments) || !TryId(arguments, out var sender))
        {
            return null;
        }

        return new KrpcMessage.Query(transaction, sender, DhtQueryReader.Read(method.Span, arguments))
        {
            IsReadOnly = root.TryGetInteger("ro"u8, out var readOnly) && readOnly != 0,
        };
    }

    private static KrpcMessage.Reply? ReadReply(BencodeValue root, ReadOnlyMemory<byte> transaction) =>
        root.TryGetDictionary("r"u8, out var values) && TryId(values, out var sender)
            ? new KrpcMessage.Reply(transaction, DhtReplyReader.Read(sender, values)) { YourAddress = AddressIn(root) }
            : null;

    private static KrpcMessage.Error ReadError(BencodeValue root, ReadOnlyMemory<byte> transaction)
    {
        var (code, text) = (0L, "");
        if (root.TryGetList("e"u8, out var parts))
        {
            foreach (var part in parts)
            {
                switch (part.Kind)
                {
                    case BencodeKind.Integer: code = part.AsInteger(); break;
                    case BencodeKind.Bytes: text = PrintableText.Of(part.AsBytes().Span, MaxErrorChars); break;
                    default: break;
                }
            }
        }

        return new KrpcMessage.Error(transaction, code, text) { YourAddress = AddressIn(root) };
    }

    private static bool TryId(BencodeValue dictionary, out NodeId id)
    {
        var found = dictionary.TryGetBytes("id"u8, out var bytes) && bytes.Length == NodeId.Size;
        id = found ? new NodeId(bytes.Span) : default;
        return found;
    }

    private static System.Net.IPEndPoint? AddressIn(BencodeValue root) =>
        root.TryGetBytes("ip"u8, out var bytes) ? CompactAddress.Read(bytes.Span) : null;
}
