using BtFs.Protocol.Bencode;
using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.Dht;

/// <summary>Writes the arguments of a query, its keys in order.</summary>
internal static class DhtQueryWriter
{
    internal static ReadOnlySpan<byte> NameOf(DhtQuery query) => query switch
    {
        DhtQuery.Ping => "ping"u8,
        DhtQuery.FindNode => "find_node"u8,
        DhtQuery.GetPeers => "get_peers"u8,
        DhtQuery.AnnouncePeer => "announce_peer"u8,
        DhtQuery.SampleInfohashes => "sample_infohashes"u8,
        DhtQuery.Get => "get"u8,
        DhtQuery.Put => "put"u8,
        _ => throw new ArgumentException($"{query} cannot be asked.", nameof(query)),
    };

    internal static void WriteArguments(BencodeWriter writer, NodeId sender, DhtQuery query)
    {
        writer.WriteStartDictionary();
        writer.WriteKey("id"u8);
        writer.WriteString(sender);
        switch (query)
        {
            case DhtQuery.FindNode find: WriteTarget(writer, find.Target, find.Want); break;
            case DhtQuery.SampleInfohashes sample: WriteTarget(writer, sample.Target, sample.Want); break;
            case DhtQuery.Get get: WriteTarget(writer, get.Target, get.Want); break;
            case DhtQuery.GetPeers get: WriteGetPeers(writer, get); break;
            case DhtQuery.AnnouncePeer announce: WriteAnnounce(writer, announce); break;
            case DhtQuery.Put put: WritePut(writer, put); break;
            default: break;
        }

        writer.WriteEnd();
    }

    private static void WriteTarget(BencodeWriter writer, NodeId target, DhtFamilies want)
    {
        writer.WriteKey("target"u8);
        writer.WriteString(target);
        WriteWant(writer, want);
    }

    private static void WriteGetPeers(BencodeWriter writer, DhtQuery.GetPeers get)
    {
        WriteTorrent(writer, get.Torrent);
        WriteFlag(writer, "noseed"u8, get.NoSeeds);
        WriteFlag(writer, "scrape"u8, get.Scrape);
        WriteWant(writer, get.Want);
    }

    private static void WriteAnnounce(BencodeWriter writer, DhtQuery.AnnouncePeer announce)
    {
        WriteFlag(writer, "implied_port"u8, announce.UsesSourcePort);
        WriteTorrent(writer, announce.Torrent);
        writer.WriteKey("port"u8);
        writer.WriteInteger(announce.Port);
        WriteFlag(writer, "seed"u8, announce.IsSeed);
        writer.WriteKey("token"u8);
        writer.WriteString(announce.Token.Span);
    }

    private static void WritePut(BencodeWriter writer, DhtQuery.Put put)
    {
        writer.WriteKey("token"u8);
        writer.WriteString(put.Token.Span);
        writer.WriteKey("v"u8);
        writer.WriteEncoded(put.Value.Span);
    }

    private static void WriteTorrent(BencodeWriter writer, InfoHash torrent)
    {
        writer.WriteKey("info_hash"u8);
        writer.WriteString(torrent);
    }

    private static void WriteFlag(BencodeWriter writer, ReadOnlySpan<byte> key, bool value)
    {
        if (value)
        {
            writer.WriteKey(key);
            writer.WriteInteger(1);
        }
    }

    private static void WriteWant(BencodeWriter writer, DhtFamilies want)
    {
        if (want == DhtFamilies.None)
        {
            return;
        }

        writer.WriteKey("want"u8);
        writer.WriteStartList();
        if (want.HasFlag(DhtFamilies.IPv4))
        {
            writer.WriteString("n4"u8);
        }

        if (want.HasFlag(DhtFamilies.IPv6))
        {
            writer.WriteString("n6"u8);
        }

        writer.WriteEnd();
    }
}
