using System.Net;
using BtFs.Protocol.Bencode;

namespace BtFs.Protocol.Dht;

/// <summary>Writes the values of a reply, its keys in order.</summary>
internal static class DhtReplyWriter
{
    internal static void Write(BencodeWriter writer, DhtReply reply)
    {
        writer.WriteStartDictionary();
        WriteFilter(writer, "BFpe"u8, reply.Leechers);
        WriteFilter(writer, "BFsd"u8, reply.Seeds);
        writer.WriteKey("id"u8);
        var sender = reply.Sender;
        writer.WriteString(sender);
        if (reply.Samples is not null)
        {
            writer.WriteKey("interval"u8);
            writer.WriteInteger(reply.SampleInterval);
        }

        WriteNodes(writer, "nodes"u8, reply.Nodes, DhtFamilies.IPv4);
        WriteNodes(writer, "nodes6"u8, reply.Nodes6, DhtFamilies.IPv6);
        if (reply.Samples is { } samples)
        {
            writer.WriteKey("num"u8);
            writer.WriteInteger(reply.SampledFrom);
            writer.WriteKey("samples"u8);
            writer.WriteString(samples.Span);
        }

        if (!reply.Token.IsEmpty)
        {
            writer.WriteKey("token"u8);
            writer.WriteString(reply.Token.Span);
        }

        if (reply.Value is { } value)
        {
            writer.WriteKey("v"u8);
            writer.WriteEncoded(value.Span);
        }

        WritePeers(writer, reply.Peers);
        writer.WriteEnd();
    }

    private static void WriteNodes(BencodeWriter writer, ReadOnlySpan<byte> key, IReadOnlyList<NodeContact>? nodes, DhtFamilies family)
    {
        if (nodes is not null)
        {
            writer.WriteKey(key);
            writer.WriteString(CompactNodes.ToBytes(nodes, family));
        }
    }

    private static void WritePeers(BencodeWriter writer, IReadOnlyList<IPEndPoint> peers)
    {
        if (peers.Count == 0)
        {
            return;
        }

        writer.WriteKey("values"u8);
        writer.WriteStartList();
        Span<byte> bytes = stackalloc byte[CompactAddress.IPv6Bytes];
        foreach (var peer in peers)
        {
            writer.WriteString(bytes[..CompactAddress.Write(bytes, peer)]);
        }

        writer.WriteEnd();
    }

    private static void WriteFilter(BencodeWriter writer, ReadOnlySpan<byte> key, SwarmFilter? filter)
    {
        if (filter is not null)
        {
            writer.WriteKey(key);
            writer.WriteString(filter.Span);
        }
    }
}
