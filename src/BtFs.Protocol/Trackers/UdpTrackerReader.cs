using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace BtFs.Protocol.Trackers;

/// <summary>Packets from a UDP tracker (BEP 15).</summary>
public static class UdpTrackerReader
{
    private const int HeadBytes = 8;
    private const int AnnounceBytes = HeadBytes + 12;
    private const int ScrapeBytes = 12;

    /// <summary>Reads a packet that came from a tracker's address.</summary>
    /// <param name="packet">All of it.</param>
    /// <param name="transaction">The number that the request carried.</param>
    /// <param name="addressBytes">Bytes of each peer's address: 4 if the packet came over IPv4, 16 if over IPv6.</param>
    /// <param name="reply">What it says.</param>
    /// <returns><see langword="false"/> if it is not an answer to that request, or cut short: anyone can send such, so it is to be passed over.</returns>
    public static bool TryRead(ReadOnlySpan<byte> packet, uint transaction, int addressBytes, [NotNullWhen(true)] out UdpTrackerReply? reply)
    {
        reply = null;
        if (packet.Length < HeadBytes || BinaryPrimitives.ReadUInt32BigEndian(packet[4..]) != transaction)
        {
            return false;
        }

        reply = (UdpTrackerAction)BinaryPrimitives.ReadInt32BigEndian(packet) switch
        {
            UdpTrackerAction.Connect when packet.Length >= 16 => new UdpTrackerReply.Connected(BinaryPrimitives.ReadInt64BigEndian(packet[8..])),
            UdpTrackerAction.Announce when packet.Length >= AnnounceBytes => new UdpTrackerReply.Announced(ReadAnnounce(packet, addressBytes)),

            // How opentracker turns away a torrent that is not on its list.
            UdpTrackerAction.Announce when packet.Length == HeadBytes => new UdpTrackerReply.Refused("it gives no reason"),
            UdpTrackerAction.Scrape => new UdpTrackerReply.Scraped(ReadScrape(packet[HeadBytes..])),
            UdpTrackerAction.Error => new UdpTrackerReply.Refused(PrintableText.Of(packet[HeadBytes..], AnnounceReply.MaxTextChars)),
            _ => null,
        };
        return reply is not null;
    }

    private static AnnounceReply ReadAnnounce(ReadOnlySpan<byte> packet, int addressBytes)
    {
        var peers = new List<IPEndPoint>();
        CompactPeers.Read(packet[AnnounceBytes..], addressBytes, peers, AnnounceReply.MaxPeers);
        return new()
        {
            Interval = TrackerInterval.FromSeconds(BinaryPrimitives.ReadInt32BigEndian(packet[8..])),
            Leechers = Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(packet[12..])),
            Seeders = Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(packet[16..])),
            Peers = peers,
        };
    }

    private static List<ScrapeCounts> ReadScrape(ReadOnlySpan<byte> body)
    {
        var counts = new List<ScrapeCounts>();
        for (; body.Length >= ScrapeBytes && counts.Count < UdpTrackerWriter.MaxScraped; body = body[ScrapeBytes..])
        {
            counts.Add(new(
                Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(body)),
                Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(body[4..])),
                Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(body[8..]))));
        }

        return counts;
    }
}
