using System.Net;
using BtFs.Engine.Dht;
using BtFs.Protocol.Dht;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Tests.Dht;

/// <summary>What strangers get from our node.</summary>
public class QueryAnswersTests
{
    private static readonly IPEndPoint Stranger = new(IPAddress.Parse("203.0.113.7"), 6881);
    private static readonly InfoHash Torrent = new(Enumerable.Repeat((byte)7, 20).ToArray());

    private readonly DhtBench _bench = new();

    [Fact]
    public void Whoever_announces_with_the_token_it_was_given_is_named_to_others()
    {
        var token = _bench.Answer(new DhtQuery.GetPeers(Torrent, DhtFamilies.None), Stranger).Token;
        Assert.Equal(AnnounceTokens.Bytes, token.Length);

        _bench.Answer(new DhtQuery.AnnouncePeer(Torrent, 7777, false, token, IsSeed: true), Stranger);

        var peers = _bench.Answer(new DhtQuery.GetPeers(Torrent, DhtFamilies.None), new IPEndPoint(IPAddress.Parse("198.51.100.1"), 1)).Peers;
        Assert.Equal([new IPEndPoint(Stranger.Address, 7777)], peers);
        Assert.Empty(_bench.Answer(new DhtQuery.GetPeers(Torrent, DhtFamilies.None) { NoSeeds = true }, Stranger).Peers);
    }

    [Fact]
    public void An_announce_with_its_own_port_implied_is_kept_with_that()
    {
        var token = _bench.Answer(new DhtQuery.GetPeers(Torrent, DhtFamilies.None), Stranger).Token;
        _bench.Answer(new DhtQuery.AnnouncePeer(Torrent, 7777, UsesSourcePort: true, token, IsSeed: false), Stranger);

        Assert.Equal([Stranger], _bench.Answer(new DhtQuery.GetPeers(Torrent, DhtFamilies.None), Stranger).Peers);
    }

    [Fact]
    public void A_token_is_good_for_its_address_and_torrent_alone_and_for_ten_minutes_at_most()
    {
        var token = _bench.Answer(new DhtQuery.GetPeers(Torrent, DhtFamilies.None), Stranger).Token;
        var other = new InfoHash(new byte[20]);

        Assert.False(IsTaken(Torrent, token, new IPEndPoint(IPAddress.Parse("203.0.113.8"), 6881)));
        Assert.False(IsTaken(other, token, Stranger));
        Assert.False(IsTaken(Torrent, "whatever"u8.ToArray(), Stranger));
        Assert.False(IsTaken(Torrent, default, Stranger));
        Assert.True(IsTaken(Torrent, token, Stranger));

        _bench.Run(TimeSpan.FromMinutes(6));
        Assert.True(IsTaken(Torrent, token, Stranger));
        _bench.Run(TimeSpan.FromMinutes(6));
        Assert.False(IsTaken(Torrent, token, Stranger));
    }

    [Fact]
    public void Who_was_not_announced_again_for_half_an_hour_is_named_no_more()
    {
        Announce(Torrent, Stranger, isSeed: false);
        _bench.Run(TimeSpan.FromMinutes(29));
        Assert.Single(_bench.Answer(new DhtQuery.GetPeers(Torrent, DhtFamilies.None), Stranger).Peers);
        _bench.Run(TimeSpan.FromMinutes(3));
        Assert.Empty(_bench.Answer(new DhtQuery.GetPeers(Torrent, DhtFamilies.None), Stranger).Peers);
    }

    [Fact]
    public void No_answer_to_a_stranger_is_more_than_four_times_as_long_as_the_question()
    {
        _bench.Know(300);
        for (var i = 0; i < 100; i++)
        {
            Announce(Torrent, new IPEndPoint(new IPAddress([60, (byte)i, 1, 1]), 6881), isSeed: i % 2 == 0);
            _bench.Time.Advance(TimeSpan.FromSeconds(1));
        }

        DhtQuery[] queries =
        [
            new DhtQuery.Ping(),
            new DhtQuery.FindNode(NodeId.Of(Torrent), DhtFamilies.IPv4 | DhtFamilies.IPv6),
            new DhtQuery.GetPeers(Torrent, DhtFamilies.None) { Scrape = true },
            new DhtQuery.SampleInfohashes(NodeId.Of(Torrent), DhtFamilies.None),
            new DhtQuery.Get(NodeId.Of(Torrent), DhtFamilies.None),
            new DhtQuery.AnnouncePeer(Torrent, 1, false, default, false),
            new DhtQuery.Put("1:a"u8.ToArray(), default, IsMutable: false),
        ];
        foreach (var query in queries)
        {
            _bench.Time.Advance(TimeSpan.FromSeconds(1));
            var (message, bytes, asked) = _bench.Ask(query, Stranger)!.Value;

            Assert.True(bytes <= DhtLimits.Amplification * asked, $"{query}: {bytes} bytes for {asked}");
            Assert.False(query is DhtQuery.GetPeers && ((KrpcMessage.Reply)message).Answer.Peers.Count == 0, "Peers are what was asked for.");
        }
    }

    [Fact]
    public void A_node_that_has_answered_us_gets_up_to_fifty_peers_in_one_packet()
    {
        var friend = _bench.Know(1)[0];
        for (var i = 0; i < 100; i++)
        {
            Announce(Torrent, new IPEndPoint(new IPAddress([60, (byte)i, 1, 1]), 6881), isSeed: false);
            _bench.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var (message, bytes, _) = _bench.Ask(new DhtQuery.GetPeers(Torrent, DhtFamilies.None), friend.Address)!.Value;

        Assert.Equal(DhtLimits.PeersInReply, ((KrpcMessage.Reply)message).Answer.Peers.Count);
        Assert.InRange(bytes, 1, KrpcMessage.MaxSentBytes);
    }

    [Fact]
    public void However_much_is_asked_no_more_than_8000_bytes_a_second_are_sent()
    {
        _bench.Know(100);
        var sent = 0;
        for (var i = 0; i < 20_000; i++)
        {
            // Each from a network of its own, so that nobody is counted out.
            sent += _bench.Ask(new DhtQuery.FindNode(NodeId.Any(_bench.Random), DhtFamilies.None), new IPEndPoint(new IPAddress([30, (byte)(i >> 8), (byte)(i & 255), 1]), 1))?.Bytes ?? 0;
            _bench.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.InRange(sent, 100_000, (20 * DhtLimits.SendRate) + DhtLimits.SendRate);
    }

    [Fact]
    public void A_network_that_floods_us_is_not_heard_for_five_minutes_and_its_neighbours_are()
    {
        for (var i = 0; i < DhtLimits.CallerPackets; i++)
        {
            Assert.NotNull(_bench.Ask(new DhtQuery.Ping(), new IPEndPoint(IPAddress.Parse($"203.0.113.{i + 1}"), 1)));
            _bench.Time.Advance(TimeSpan.FromMilliseconds(90));
        }

        Assert.Null(_bench.Ask(new DhtQuery.Ping(), Stranger));
        Assert.NotNull(_bench.Ask(new DhtQuery.Ping(), new IPEndPoint(IPAddress.Parse("203.0.114.1"), 1)));
        _bench.Time.Advance(TimeSpan.FromSeconds(299));
        Assert.Null(_bench.Ask(new DhtQuery.Ping(), Stranger));
        _bench.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.NotNull(_bench.Ask(new DhtQuery.Ping(), Stranger));
    }

    [Fact]
    public void An_answer_tells_the_asking_node_its_own_address()
    {
        var reply = Assert.IsType<KrpcMessage.Reply>(_bench.Ask(new DhtQuery.Ping(), Stranger)!.Value.Message);

        Assert.Equal(Stranger, reply.YourAddress);
        Assert.Equal("ab"u8, reply.Transaction.Span);
    }

    [Fact]
    public void A_value_is_kept_for_others_for_two_hours_and_a_mutable_one_is_refused()
    {
        var value = "12:Hello World!"u8.ToArray();
        var place = KeptItems.PlaceOf(value);
        Assert.Equal("e5f96f6f38320f0f33959cb4d3d656452117aadb", place.ToString());
        var token = _bench.Answer(new DhtQuery.Get(place, DhtFamilies.None), Stranger).Token;

        var signed = $"d1:ad2:id20:abcdefghij01234567891:k32:{new string('k', 32)}5:token8:tokentok1:v12:Hello World!e1:q3:put1:t2:aa1:y1:qe";
        Assert.Equal(KrpcErrorCode.Server, Assert.IsType<KrpcMessage.Error>(_bench.Ask(signed, Stranger)).Code);
        Assert.Equal(KrpcErrorCode.Protocol, ErrorOf(new DhtQuery.Put(value, default, IsMutable: false)));
        Assert.IsType<KrpcMessage.Reply>(_bench.Ask(new DhtQuery.Put(value, token, IsMutable: false), Stranger)!.Value.Message);

        Assert.Equal(value, _bench.Answer(new DhtQuery.Get(place, DhtFamilies.None), Stranger).Value!.Value.ToArray());
        _bench.Run(TimeSpan.FromMinutes(122));
        Assert.Null(_bench.Answer(new DhtQuery.Get(place, DhtFamilies.None), Stranger).Value);
    }

    [Fact]
    public void A_sample_of_torrents_stays_the_same_for_five_minutes()
    {
        for (var i = 0; i < 30; i++)
        {
            Announce(new InfoHash(Enumerable.Repeat((byte)i, 20).ToArray()), Stranger, isSeed: false);
            _bench.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var first = _bench.Answer(new DhtQuery.SampleInfohashes(default, DhtFamilies.None), Stranger);
        _bench.Run(TimeSpan.FromMinutes(4));
        var second = _bench.Answer(new DhtQuery.SampleInfohashes(default, DhtFamilies.None), Stranger);

        Assert.Equal(30, first.SampledFrom);
        Assert.NotEqual(0, first.Samples!.Value.Length);
        Assert.Equal(first.Samples.Value.ToArray(), second.Samples!.Value.ToArray());
        Assert.InRange(second.SampleInterval, 1, 60);
    }

    [Fact]
    public void Nobody_far_away_hears_of_local_nodes()
    {
        _bench.IPv4.Table.Answered(new NodeContact(NodeId.Any(_bench.Random), new IPEndPoint(IPAddress.Parse("192.168.1.9"), 6881)), TimeSpan.Zero);
        var query = new DhtQuery.FindNode(NodeId.Any(_bench.Random), DhtFamilies.None);

        Assert.Empty(_bench.Answer(query, Stranger).Nodes!);
        Assert.Single(_bench.Answer(query, new IPEndPoint(IPAddress.Parse("192.168.1.10"), 6881)).Nodes!);
    }

    private bool IsTaken(InfoHash torrent, ReadOnlyMemory<byte> token, IPEndPoint from) =>
        _bench.Ask(new DhtQuery.AnnouncePeer(torrent, 7777, false, token, IsSeed: false), from)!.Value.Message is KrpcMessage.Reply;

    private void Announce(InfoHash torrent, IPEndPoint from, bool isSeed)
    {
        var token = _bench.Answer(new DhtQuery.GetPeers(torrent, DhtFamilies.None), from).Token;
        _bench.Answer(new DhtQuery.AnnouncePeer(torrent, (ushort)from.Port, false, token, isSeed), from);
    }

    private long ErrorOf(DhtQuery query) => Assert.IsType<KrpcMessage.Error>(_bench.Ask(query, Stranger)!.Value.Message).Code;
}
