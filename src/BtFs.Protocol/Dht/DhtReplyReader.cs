using System.Net;
using BtFs.Protocol.Bencode;

namespace BtFs.Protocol.Dht;

/// <summary>Reads the values of a reply. A part of a wrong kind counts as missing.</summary>
internal static class DhtReplyReader
{
    private const int MaxSampleInterval = 21_600;

    internal static DhtReply Read(NodeId sender, BencodeValue values) => new(sender)
    {
        Nodes = Nodes(values, "nodes"u8, DhtFamilies.IPv4),
        Nodes6 = Nodes(values, "nodes6"u8, DhtFamilies.IPv6),
        Peers = Peers(values),
        Token = values.TryGetBytes("token"u8, out var token) && token.Length <= DhtReply.MaxTokenBytes ? token : default,
        Samples = values.TryGetBytes("samples"u8, out var samples) && samples.Length % NodeId.Size == 0 ? samples : default(ReadOnlyMemory<byte>?),
        SampledFrom = values.TryGetInteger("num"u8, out var count) ? (int)Math.Clamp(count, 0, int.MaxValue) : 0,
        SampleInterval = values.TryGetInteger("interval"u8, out var interval) ? (int)Math.Clamp(interval, 0, MaxSampleInterval) : 0,
        Value = values.TryGet("v"u8, out var value) ? value.OriginalBytes : default(ReadOnlyMemory<byte>?),
        Seeds = Filter(values, "BFsd"u8),
        Leechers = Filter(values, "BFpe"u8),
    };

    private static List<NodeContact>? Nodes(BencodeValue values, ReadOnlySpan<byte> key, DhtFamilies family) =>
        values.TryGetBytes(key, out var bytes) ? CompactNodes.Read(bytes.Span, family, DhtReply.MaxNodes) : null;

    private static List<IPEndPoint> Peers(BencodeValue values)
    {
        var peers = new List<IPEndPoint>();
        if (values.TryGetList("values"u8, out var list))
        {
            foreach (var item in list)
            {
                if (peers.Count < DhtReply.MaxPeers && item.Kind == BencodeKind.Bytes && CompactAddress.Read(item.AsBytes().Span) is { } peer)
                {
                    peers.Add(peer);
                }
            }
        }

        return peers;
    }

    private static SwarmFilter? Filter(BencodeValue values, ReadOnlySpan<byte> key) =>
        values.TryGetBytes(key, out var bytes) && bytes.Length == SwarmFilter.Bytes ? new SwarmFilter(bytes.Span) : null;
}
