using System.Net;
using System.Text;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;
using BtFs.Protocol.Tests.Peer;
using BtFs.Protocol.Trackers;
using FsCheck;
using FsCheck.Fluent;

namespace BtFs.Protocol.Tests.Trackers;

public sealed class HttpAnnounceTests
{
    private static readonly AnnounceRequest Request = new()
    {
        InfoHash = new InfoHash(Convert.FromHexString("00123456789abcdef0ff20414e7e2d255f2e2f3d")),
        PeerId = new PeerId("-BF0100-abcdefghijkl"u8),
        Port = 6881,
        Uploaded = 1,
        Downloaded = 2,
        Left = 3,
        Key = 0xabc,
    };

    [Fact]
    public void An_announce_url_says_everything_in_raw_bytes()
    {
        var url = HttpAnnounce.Url(new Uri("http://tracker.example:8080/announce"), Request with { Event = AnnounceEvent.Started });

        Assert.Equal(
            "/announce?info_hash=%00%124Vx%9A%BC%DE%F0%FF%20AN~-%25_.%2F%3D&peer_id=-BF0100-abcdefghijkl&port=6881"
            + "&uploaded=1&downloaded=2&left=3&compact=1&no_peer_id=1&numwant=100&key=00000abc&event=started",
            url.PathAndQuery);
        Assert.Equal("tracker.example:8080", url.Authority);
    }

    [Theory]
    [InlineData("http://t.example/a?passkey=x", "/a?passkey=x&info_hash=")]
    [InlineData("http://t.example/a?", "/a?info_hash=")]
    [InlineData("http://t.example", "/?info_hash=")]
    [InlineData("http://t.example/a?k=%41%2f#fragment", "/a?k=A%2f&info_hash=")]
    public void A_query_that_the_url_has_already_stays(string tracker, string start)
    {
        Assert.StartsWith(start, HttpAnnounce.Url(new Uri(tracker), Request).PathAndQuery, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://t.example/a?info_hash=x")]
    [InlineData("http://t.example/a?x=1&Event=stopped")]
    public void A_url_that_forges_announce_parameters_is_refused(string tracker)
    {
        Assert.Throws<TrackerException>(() => HttpAnnounce.Url(new Uri(tracker), Request));
    }

    [Fact]
    public void Any_infohash_survives_the_url() => Prop.ForAll(
        Gen.Choose(0, 1_000_000).ToArbitrary(),
        seed =>
        {
            var bytes = PeerMessages.RandomBytes(20, seed);
            var url = HttpAnnounce.Url(new Uri("http://t.example/a?b=c"), Request with { InfoHash = new InfoHash(bytes) });

            return Unescape(url.PathAndQuery.Split("info_hash=")[1].Split('&')[0]).SequenceEqual(bytes);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_tracker_id_is_sent_back_as_it_came()
    {
        var reply = Read("d10:tracker id3:a&be");

        Assert.EndsWith("&trackerid=a%26b", HttpAnnounce.Url(new Uri("http://t.example/"), Request with { TrackerId = reply.TrackerId }).PathAndQuery, StringComparison.Ordinal);
    }

    [Fact]
    public void Compact_peers_of_both_families_are_read()
    {
        var reply = HttpAnnounce.Read((byte[])
        [
            .. "d5:peers12:"u8, 192, 0, 2, 1, 0x1a, 0xe1, 192, 0, 2, 2, 0, 1,
            .. "6:peers618:"u8, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0x1a, 0xe2, (byte)'e',
        ]);

        Assert.Equal(["192.0.2.1:6881", "192.0.2.2:1", "[2001:db8::9]:6882"], reply.Peers.Select(peer => peer.ToString()));
    }

    [Fact]
    public void Peers_in_the_old_form_are_read_and_host_names_left_out()
    {
        var reply = Read(
            "d5:peersl"
            + "d2:ip9:192.0.2.17:peer id20:aaaaaaaaaaaaaaaaaaaa4:porti6881ee"
            + "d2:ip11:2001:db8::14:porti1ee"
            + "d2:ip11:example.com4:porti1ee"
            + "d2:ip9:fe80::1%14:porti1ee"
            + "d2:ip9:192.0.2.34:porti0ee"
            + "d2:ip9:192.0.2.44:porti65536ee"
            + "i5e"
            + "ee");

        Assert.Equal(["192.0.2.1:6881", "[2001:db8::1]:1"], reply.Peers.Select(peer => peer.ToString()));
    }

    [Fact]
    public void A_peer_with_port_0_is_dropped()
    {
        Assert.Empty(HttpAnnounce.Read((byte[])[.. "d5:peers6:"u8, 192, 0, 2, 1, 0, 0, (byte)'e']).Peers);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(5000)]
    public void No_more_than_200_peers_are_taken(int peers)
    {
        byte[] compact = [.. Enumerable.Range(0, peers).SelectMany(_ => (byte[])[192, 0, 2, 1, 1, 1])];
        byte[] body = [.. Encoding.ASCII.GetBytes($"d5:peers{compact.Length}:"), .. compact, .. Encoding.ASCII.GetBytes("6:peers618:"), .. compact[..18], (byte)'e'];

        Assert.Equal(200, HttpAnnounce.Read(body).Peers.Count);
    }

    [Fact]
    public void An_odd_byte_behind_the_peers_is_passed_over()
    {
        Assert.Single(HttpAnnounce.Read((byte[])[.. "d5:peers8:"u8, 192, 0, 2, 1, 1, 1, 7, 7, (byte)'e']).Peers);
    }

    [Theory]
    [InlineData("i0e", 60)]
    [InlineData("i-1e", 60)]
    [InlineData("i59e", 60)]
    [InlineData("i60e", 60)]
    [InlineData("i61e", 61)]
    [InlineData("i86400e", 86400)]
    [InlineData("i86401e", 86400)]
    [InlineData("i9223372036854775807e", 86400)]
    [InlineData("3:abc", 1800)]
    public void An_interval_is_between_a_minute_and_a_day(string interval, int seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), Read($"d8:interval{interval}e").Interval);
    }

    [Fact]
    public void A_minimum_interval_is_kept_within_the_same_bounds()
    {
        Assert.Equal(TimeSpan.FromSeconds(60), Read("d12:min intervali1ee").MinInterval);
        Assert.Equal(TimeSpan.FromSeconds(900), Read("d12:min intervali900ee").MinInterval);
        Assert.Equal(TimeSpan.FromSeconds(60), Read("de").MinInterval);
    }

    [Fact]
    public void Counts_warning_and_our_address_are_read()
    {
        var reply = HttpAnnounce.Read((byte[])
            [.. "d8:completei5e11:external ip4:"u8, 198, 51, 100, 7, .. "10:incompletei-2e15:warning message8:slow\ndowe"u8]);

        Assert.Equal(5, reply.Seeders);
        Assert.Null(reply.Leechers);
        Assert.Equal("198.51.100.7", reply.ExternalAddress?.ToString());
        Assert.Equal("slow?dow", reply.Warning);
    }

    [Fact]
    public void A_refusal_comes_in_the_trackers_words()
    {
        var refusal = Assert.Throws<TrackerRefusedException>(() => Read("d14:failure reason12:unregistered8:intervali5ee"));

        Assert.Equal("The tracker refuses: unregistered", refusal.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>404</html>")]
    [InlineData("le")]
    [InlineData("d8:interval")]
    [InlineData("dee")]
    [InlineData("d1:allllllllleeeeeeeeee")]
    public void What_is_no_tracker_reply_is_refused(string body) => Assert.Throws<TrackerException>(() => Read(body));

    [Fact]
    public void A_damaged_reply_is_read_or_refused_and_nothing_else()
    {
        byte[] good =
        [
            .. "d8:completei5e11:external ip4:abcd8:intervali1800e12:min intervali60e5:peersld2:ip9:192.0.2.14:porti1eee6:peers618:abcdefghijklmnopqr"u8,
            .. "10:tracker id3:xyz15:warning message2:hie"u8,
        ];
        Assert.Equal(2, HttpAnnounce.Read(good).Peers.Count);
        for (var seed = 0; seed < 50_000; seed++)
        {
            try
            {
                HttpAnnounce.Read(Mutation.Of(good, seed));
            }
            catch (TrackerException)
            {
                // What a tracker's fault is called.
            }
        }
    }

    private static AnnounceReply Read(string body) => HttpAnnounce.Read(Encoding.ASCII.GetBytes(body));

    private static byte[] Unescape(string text)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            bytes.Add(text[i] == '%' ? Convert.FromHexString(text.AsSpan(i + 1, 2))[0] : (byte)text[i]);
            i += text[i] == '%' ? 2 : 0;
        }

        return [.. bytes];
    }
}
