using System.Buffers;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;
using BtFs.Protocol.Tests.Peer;
using BtFs.Protocol.Trackers;

namespace BtFs.Protocol.Tests.Trackers;

public sealed class UdpTrackerTests
{
    private const uint Transaction = 0xcafebabe;

    private static readonly AnnounceRequest Request = new()
    {
        InfoHash = new InfoHash("aaaaaaaaaaaaaaaaaaaa"u8),
        PeerId = new PeerId("bbbbbbbbbbbbbbbbbbbb"u8),
        Port = 0x1234,
        Downloaded = 1,
        Left = 2,
        Uploaded = 3,
        Event = AnnounceEvent.Started,
        Key = 0xdeadbeef,
        PeersWanted = 50,
    };

    [Fact]
    public void A_connect_is_written_as_BEP_15_says()
    {
        Assert.Equal("000004172710198000000000cafebabe", Written(output => UdpTrackerWriter.WriteConnect(output, Transaction)));
    }

    [Fact]
    public void An_announce_is_written_as_BEP_15_says()
    {
        Assert.Equal(
            "0102030405060708" + "00000001" + "cafebabe" + string.Concat(Enumerable.Repeat("61", 20)) + string.Concat(Enumerable.Repeat("62", 20))
            + "0000000000000001" + "0000000000000002" + "0000000000000003" + "00000002" + "00000000" + "deadbeef" + "00000032" + "1234",
            Written(output => UdpTrackerWriter.WriteAnnounce(output, 0x0102030405060708, Transaction, Request, "/")));
    }

    [Fact]
    public void A_passkey_in_the_url_follows_the_announce()
    {
        var packet = Written(output => UdpTrackerWriter.WriteAnnounce(output, 1, Transaction, Request, "/k?a"));

        Assert.Equal("0204" + Convert.ToHexStringLower("/k?a"u8), packet[(98 * 2)..]);
    }

    [Fact]
    public void A_long_url_is_sent_in_parts_of_255_bytes()
    {
        var url = "/" + new string('x', 299);
        var packet = Convert.FromHexString(Written(output => UdpTrackerWriter.WriteAnnounce(output, 1, Transaction, Request, url)));

        Assert.Equal(98 + 2 + 255 + 2 + 45, packet.Length);
        Assert.Equal(255, packet[99]);
        Assert.Equal(45, packet[98 + 2 + 255 + 1]);
    }

    [Fact]
    public void A_scrape_asks_for_74_torrents_and_no_more()
    {
        Assert.Equal((16 + (74 * 20)) * 2, Written(output => UdpTrackerWriter.WriteScrape(output, 1, 2, new InfoHash[74])).Length);
        Assert.Throws<ArgumentException>(() => Written(output => UdpTrackerWriter.WriteScrape(output, 1, 2, new InfoHash[75])));
    }

    [Fact]
    public void A_connection_id_is_read()
    {
        Assert.Equal(new UdpTrackerReply.Connected(0x0102030405060708), Read("00000000cafebabe0102030405060708"));
    }

    [Fact]
    public void Peers_over_IPv4_are_six_bytes_each_and_over_IPv6_eighteen()
    {
        const string Head = "00000001cafebabe000007080000000300000004";

        var four = Assert.IsType<UdpTrackerReply.Announced>(Read(Head + "c00002011ae1" + "c00002020000")).Reply;
        var six = Assert.IsType<UdpTrackerReply.Announced>(Read(Head + "20010db80000000000000000000000091ae2", 16)).Reply;

        Assert.Equal(["192.0.2.1:6881"], four.Peers.Select(peer => peer.ToString()));
        Assert.Equal(["[2001:db8::9]:6882"], six.Peers.Select(peer => peer.ToString()));
        Assert.Equal((TimeSpan.FromMinutes(30), 3, 4), (four.Interval, four.Leechers, four.Seeders));
    }

    [Theory]
    [InlineData("00000000", 60)]
    [InlineData("ffffffff", 60)]
    [InlineData("80000000", 60)]
    [InlineData("7fffffff", 86400)]
    public void An_interval_is_between_a_minute_and_a_day(string interval, int seconds)
    {
        var reply = Assert.IsType<UdpTrackerReply.Announced>(Read("00000001cafebabe" + interval + "0000000000000000")).Reply;

        Assert.Equal(TimeSpan.FromSeconds(seconds), reply.Interval);
    }

    [Fact]
    public void Counts_are_read_in_order()
    {
        var reply = Assert.IsType<UdpTrackerReply.Scraped>(Read("00000002cafebabe" + "000000010000000200000003" + "ffffffff0000000500000006" + "0000"));

        Assert.Equal([new ScrapeCounts(1, 2, 3), new ScrapeCounts(0, 5, 6)], reply.Counts);
    }

    [Fact]
    public void A_refusal_comes_in_the_trackers_words_made_printable()
    {
        Assert.Equal(new UdpTrackerReply.Refused("no?"), Read("00000003cafebabe6e6f1b"));
    }

    [Fact]
    public void An_announce_answered_without_a_word_is_a_refusal()
    {
        Assert.IsType<UdpTrackerReply.Refused>(Read("00000001cafebabe"));
    }

    [Theory]
    [InlineData("00000001cafebabf000007080000000300000004")]
    [InlineData("00000001cafebabe0000070800000003000000")]
    [InlineData("00000000cafebabe01020304050607")]
    [InlineData("00000009cafebabe")]
    [InlineData("00000003cafeba")]
    [InlineData("")]
    public void A_packet_that_answers_something_else_or_nothing_is_passed_over(string packet)
    {
        Assert.False(UdpTrackerReader.TryRead(Convert.FromHexString(packet), Transaction, 4, out _));
    }

    [Fact]
    public void Random_packets_with_the_right_number_never_throw()
    {
        for (var seed = 0; seed < 100_000; seed++)
        {
            var random = new Random(seed);
            var packet = PeerMessages.RandomBytes(random.Next(8, 120), seed);
            packet[0] = packet[1] = packet[2] = 0;
            packet[3] = (byte)random.Next(5);
            Convert.FromHexString("cafebabe").CopyTo(packet, 4);

            UdpTrackerReader.TryRead(packet, Transaction, random.Next(2) == 0 ? 4 : 16, out var reply);

            Assert.True(reply is not UdpTrackerReply.Announced announced || announced.Reply.Interval >= TrackerInterval.Shortest);
        }
    }

    private static UdpTrackerReply Read(string packet, int addressBytes = 4)
    {
        Assert.True(UdpTrackerReader.TryRead(Convert.FromHexString(packet), Transaction, addressBytes, out var reply));
        return reply;
    }

    private static string Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Convert.ToHexStringLower(output.WrittenSpan);
    }
}
