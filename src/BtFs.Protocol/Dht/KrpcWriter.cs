using System.Buffers;
using System.Diagnostics;
using System.Net;
using BtFs.Protocol.Bencode;

namespace BtFs.Protocol.Dht;

/// <summary>Writes packets of the DHT.</summary>
public static class KrpcWriter
{
    /// <summary>Who we are (BEP 5, <c>v</c>): two letters for the client, two bytes for its version.</summary>
    private static ReadOnlySpan<byte> Version => "BF\u0000\u0001"u8;

    /// <summary>Writes one packet.</summary>
    /// <exception cref="ArgumentException">It is a query that cannot be asked (<see cref="DhtQuery.Unknown"/>, <see cref="DhtQuery.Malformed"/>).</exception>
    public static void Write(IBufferWriter<byte> output, KrpcMessage message)
    {
        var writer = new BencodeWriter(output);
        writer.WriteStartDictionary();
        switch (message)
        {
            case KrpcMessage.Query query: WriteQuery(writer, query); break;
            case KrpcMessage.Reply reply: WriteReply(writer, reply); break;
            case KrpcMessage.Error error: WriteError(writer, error); break;
            default: throw new UnreachableException($"No way to write {message}.");
        }

        writer.WriteEnd();
    }

    private static void WriteQuery(BencodeWriter writer, KrpcMessage.Query query)
    {
        writer.WriteKey("a"u8);
        DhtQueryWriter.WriteArguments(writer, query.Sender, query.Asked);
        writer.WriteKey("q"u8);
        writer.WriteString(DhtQueryWriter.NameOf(query.Asked));
        if (query.IsReadOnly)
        {
            writer.WriteKey("ro"u8);
            writer.WriteInteger(1);
        }

        WriteTail(writer, query.Transaction, "q"u8);
    }

    private static void WriteReply(BencodeWriter writer, KrpcMessage.Reply reply)
    {
        WriteAddress(writer, reply.YourAddress);
        writer.WriteKey("r"u8);
        DhtReplyWriter.Write(writer, reply.Answer);
        WriteTail(writer, reply.Transaction, "r"u8);
    }

    private static void WriteError(BencodeWriter writer, KrpcMessage.Error error)
    {
        writer.WriteKey("e"u8);
        writer.WriteStartList();
        writer.WriteInteger(error.Code);
        writer.WriteString(error.Text);
        writer.WriteEnd();
        WriteAddress(writer, error.YourAddress);
        WriteTail(writer, error.Transaction, "e"u8);
    }

    private static void WriteAddress(BencodeWriter writer, IPEndPoint? address)
    {
        if (address is not null)
        {
            writer.WriteKey("ip"u8);
            writer.WriteString(CompactAddress.ToBytes(address));
        }
    }

    private static void WriteTail(BencodeWriter writer, ReadOnlyMemory<byte> transaction, ReadOnlySpan<byte> kind)
    {
        writer.WriteKey("t"u8);
        writer.WriteString(transaction.Span);
        writer.WriteKey("v"u8);
        writer.WriteString(Version);
        writer.WriteKey("y"u8);
        writer.WriteString(kind);
    }
}
