using BtFs.Protocol.Bencode;
using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.Dht;

/// <summary>Reads the arguments of a query.</summary>
internal static class DhtQueryReader
{
    private static DhtQuery.Malformed BadTarget { get; } = new("target or info_hash is not 20 bytes");

    internal static DhtQuery Read(ReadOnlySpan<byte> method, BencodeValue arguments) => method switch
    {
        _ when method.SequenceEqual("ping"u8) => new DhtQuery.Ping(),
        _ when method.SequenceEqual("find_node"u8) => Targeted(arguments, static (target, want) => new DhtQuery.FindNode(target, want)),
        _ when method.SequenceEqual("get_peers"u8) => GetPeers(arguments),
        _ when method.SequenceEqual("announce_peer"u8) => AnnouncePeer(arguments),
        _ when method.SequenceEqual("sample_infohashes"u8) => Targeted(arguments, static (target, want) => new DhtQuery.SampleInfohashes(target, want)),
        _ when method.SequenceEqual("get"u8) => Targeted(arguments, static (target, want) => new DhtQuery.Get(target, want)),
        _ when method.SequenceEqual("put"u8) => Put(arguments),

        // What a newer client asks of a place is answered with the nodes near it, as libtorrent does.
        _ when TryHash(arguments, "target"u8, out var target) || TryHash(arguments, "info_hash"u8, out target) => new DhtQuery.FindNode(new NodeId(target), Want(arguments)),
        _ => new DhtQuery.Unknown(),
    };

    private static DhtQuery Targeted(BencodeValue arguments, Func<NodeId, DhtFamilies, DhtQuery> make) =>
        TryHash(arguments, "target"u8, out var target) ? make(new NodeId(target), Want(arguments)) : BadTarget;

    private static DhtQuery GetPeers(BencodeValue arguments) => TryHash(arguments, "info_hash"u8, out var torrent)
        ? new DhtQuery.GetPeers(new InfoHash(torrent), Want(arguments)) { NoSeeds = Flag(arguments, "noseed"u8), Scrape = Flag(arguments, "scrape"u8) }
        : BadTarget;

    private static DhtQuery AnnouncePeer(BencodeValue arguments)
    {
        if (!TryHash(arguments, "info_hash"u8, out var torrent))
        {
            return BadTarget;
        }

        var usesSourcePort = Flag(arguments, "implied_port"u8);
        var hasPort = arguments.TryGetInteger("port"u8, out var port) && port is > 0 and <= ushort.MaxValue;
        return hasPort || usesSourcePort
            ? new DhtQuery.AnnouncePeer(new InfoHash(torrent), hasPort ? (ushort)port : (ushort)0, usesSourcePort, Token(arguments), Flag(arguments, "seed"u8))
            : new DhtQuery.Malformed("port is not 1 to 65535");
    }

    private static DhtQuery Put(BencodeValue arguments) => arguments.TryGet("v"u8, out var value)
        ? new DhtQuery.Put(value.OriginalBytes, Token(arguments), arguments.TryGet("k"u8, out _)) { IsCanonical = IsInOrder(value) }
        : new DhtQuery.Malformed("v is missing");

    private static bool TryHash(BencodeValue arguments, ReadOnlySpan<byte> key, out ReadOnlySpan<byte> hash)
    {
        var found = arguments.TryGetBytes(key, out var bytes) && bytes.Length == NodeId.Size;
        hash = bytes.Span;
        return found;
    }

    private static ReadOnlyMemory<byte> Token(BencodeValue arguments) => arguments.TryGetBytes("token"u8, out var token) ? token : default;

    private static bool Flag(BencodeValue arguments, ReadOnlySpan<byte> key) => arguments.TryGetInteger(key, out var flag) && flag == 1;

    private static DhtFamilies Want(BencodeValue arguments)
    {
        var families = DhtFamilies.None;
        if (arguments.TryGetList("want"u8, out var wanted))
        {
            foreach (var family in wanted)
            {
                families |= family.Kind != BencodeKind.Bytes ? DhtFamilies.None
                    : family.AsBytes().Span.SequenceEqual("n4"u8) ? DhtFamilies.IPv4
                    : family.AsBytes().Span.SequenceEqual("n6"u8) ? DhtFamilies.IPv6
                    : DhtFamilies.None;
            }
        }

        return families;
    }

    // As deep as the packet may be, which is 8.
    private static bool IsInOrder(BencodeValue value)
    {
        switch (value.Kind)
        {
            case BencodeKind.List:
                foreach (var item in value.AsList())
                {
                    if (!IsInOrder(item))
                    {
                        return false;
                    }
                }

                return true;
            case BencodeKind.Dictionary:
                var last = default(ReadOnlyMemory<byte>?);
                foreach (var (key, item) in value.AsDictionary())
                {
                    if ((last is { } before && before.Span.SequenceCompareTo(key.Span) >= 0) || !IsInOrder(item))
                    {
                        return false;
                    }

                    last = key;
                }

                return true;
            default:
                return true;
        }
    }
}
