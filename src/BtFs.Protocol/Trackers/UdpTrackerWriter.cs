using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.Trackers;

/// <summary>Packets to a UDP tracker (BEP 15).</summary>
public static class UdpTrackerWriter
{
    /// <summary>Torrents that one scrape may ask for; more would not fit a packet.</summary>
    public const int MaxScraped = 74;

    /// <summary>The number by which a first packet is known for one of this protocol.</summary>
    private const long ProtocolId = 0x41727101980;

    // An option that carries the URL's path and query, where passkeys live (BEP 41); its length is one byte.
    private const byte UrlDataOption = 2;
    private const int MaxOptionBytes = 255;
    private const int MaxUrlBytes = 4 * MaxOptionBytes;

    /// <summary>Asks for a connection id.</summary>
    public static void WriteConnect(IBufferWriter<byte> output, uint transaction) => WriteHead(output, ProtocolId, UdpTrackerAction.Connect, transaction);

    /// <summary>Announces.</summary>
    /// <param name="output">Where the packet goes.</param>
    /// <param name="connection">The connection id, at most a minute old.</param>
    /// <param name="transaction">A random number that the answer must repeat.</param>
    /// <param name="request">What to say.</param>
    /// <param name="pathAndQuery">Those of the tracker's URL; a tracker without passkeys passes over them.</param>
    public static void WriteAnnounce(IBufferWriter<byte> output, long connection, uint transaction, AnnounceRequest request, string pathAndQuery)
    {
        const int Bytes = 82;
        WriteHead(output, connection, UdpTrackerAction.Announce, transaction);
        var span = output.GetSpan(Bytes)[..Bytes];
        request.InfoHash.CopyTo(span);
        request.PeerId.CopyTo(span[20..]);
        BinaryPrimitives.WriteInt64BigEndian(span[40..], request.Downloaded);
        BinaryPrimitives.WriteInt64BigEndian(span[48..], request.Left);
        BinaryPrimitives.WriteInt64BigEndian(span[56..], request.Uploaded);
        BinaryPrimitives.WriteInt32BigEndian(span[64..], (int)request.Event);

        // 0: the address that the packet comes from.
        BinaryPrimitives.WriteInt32BigEndian(span[68..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(span[72..], request.Key);
        BinaryPrimitives.WriteInt32BigEndian(span[76..], request.PeersWanted);
        BinaryPrimitives.WriteUInt16BigEndian(span[80..], request.Port);
        output.Advance(Bytes);
        WriteUrl(output, pathAndQuery);
    }

    /// <summary>Asks for counts.</summary>
    /// <exception cref="ArgumentException">More than 74 torrents.</exception>
    public static void WriteScrape(IBufferWriter<byte> output, long connection, uint transaction, IReadOnlyList<InfoHash> torrents)
    {
        if (torrents.Count > MaxScraped)
        {
            throw new ArgumentException($"A scrape asks for {MaxScraped} torrents at most, not {torrents.Count}.", nameof(torrents));
        }

        WriteHead(output, connection, UdpTrackerAction.Scrape, transaction);
        foreach (var torrent in torrents)
        {
            torrent.CopyTo(output.GetSpan(InfoHash.Size));
            output.Advance(InfoHash.Size);
        }
    }

    private static void WriteHead(IBufferWriter<byte> output, long connection, UdpTrackerAction action, uint transaction)
    {
        const int Bytes = 16;
        var span = output.GetSpan(Bytes);
        BinaryPrimitives.WriteInt64BigEndian(span, connection);
        BinaryPrimitives.WriteInt32BigEndian(span[8..], (int)action);
        BinaryPrimitives.WriteUInt32BigEndian(span[12..], transaction);
        output.Advance(Bytes);
    }

    private static void WriteUrl(IBufferWriter<byte> output, string pathAndQuery)
    {
        var url = Encoding.UTF8.GetBytes(pathAndQuery).AsSpan();
        if (url.Length is < 2 or > MaxUrlBytes)
        {
            return;
        }

        while (!url.IsEmpty)
        {
            var part = url[..Math.Min(url.Length, MaxOptionBytes)];
            output.Write([UrlDataOption, (byte)part.Length]);
            output.Write(part);
            url = url[part.Length..];
        }
    }
}
