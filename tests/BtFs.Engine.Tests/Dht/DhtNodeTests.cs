using System.Buffers.Binary;
using System.Net;
using BtFs.Engine.Dht;
using BtFs.Engine.Discovery;
using BtFs.Protocol.Dht;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Tests.Dht;

/// <summary>What our node asks of others, and what it believes of their answers.</summary>
public class DhtNodeTests
{
    private static readonly InfoHash Torrent = new(Enumerable.Repeat((byte)7, 20).ToArray());

    private readonly DhtBench _bench = new();
    private readonly List<IPEndPoint> _found = [];

    [Fact]
    public void A_lookup_asks_eight_nodes_at_once_and_hands_peers_on_as_they_come()
    {
        _bench.Know(100);
        Join();
        var asked = _bench.TakeQueries().Where(sent => sent.Query.Asked is DhtQuery.GetPeers).ToList();
        Assert.Equal(DhtLimits.Branches, asked.Count);

        Reply(asked[0], new DhtReply(IdOf(asked[0].To)) { Peers = [Public(9)] });

        Assert.Equal([Public(9)], _found);
    }

    [Fact]
    public void Only_the_node_that_was_asked_can_answer_and_only_with_the_number_it_was_given()
    {
        _bench.Know(1);
        Join();
        var asked = Assert.Single(_bench.TakeQueries(), sent => sent.Query.Asked is DhtQuery.GetPeers);
        var lie = new DhtReply(IdOf(asked.To)) { Peers = [Public(9)] };

        _bench.Receive(new KrpcMessage.Reply(asked.Query.Transaction, lie), Public(50));
        _bench.Receive(new KrpcMessage.Reply(asked.Query.Transaction, lie), new IPEndPoint(asked.To.Address, asked.To.Port + 1));
        _bench.Receive(new KrpcMessage.Reply("abcd"u8.ToArray(), lie), asked.To);
        _bench.Receive(new KrpcMessage.Reply("ab"u8.ToArray(), lie), asked.To);
        Assert.Empty(_found);

        Reply(asked, lie);
        Assert.Single(_found);
        Reply(asked, lie);
        Assert.Single(_found);
    }

    [Fact]
    public void Transaction_numbers_do_not_repeat_or_follow_each_other()
    {
        _bench.Know(100);
        Join();
        var numbers = _bench.TakeQueries().Select(sent => BitConverter.ToUInt32(sent.Query.Transaction.Span)).ToList();

        Assert.Equal(numbers.Count, numbers.Distinct().Count());
        Assert.DoesNotContain(numbers.Zip(numbers.Skip(1)), pair => unchecked(pair.Second - pair.First) < 1_000);
    }

    [Fact]
    public void A_node_that_says_nothing_holds_its_branch_for_two_seconds()
    {
        _bench.Know(100);
        Join();
        _bench.TakeQueries();

        _bench.Run(TimeSpan.FromSeconds(1.9));
        Assert.DoesNotContain(_bench.TakeQueries(), sent => sent.Query.Asked is DhtQuery.GetPeers);
        _bench.Run(TimeSpan.FromSeconds(0.3));
        Assert.Equal(DhtLimits.Branches, _bench.TakeQueries().Count(sent => sent.Query.Asked is DhtQuery.GetPeers));
    }

    [Theory]
    [InlineData(8, 64)]
    [InlineData(9, 64)]
    public void No_more_than_sixty_four_queries_are_unanswered_at_a_time(int torrents, int queries)
    {
        _bench.Know(200);
        for (var i = 0; i < torrents; i++)
        {
            var torrent = new InfoHash(Enumerable.Repeat((byte)(i + 1), 20).ToArray());
            _bench.Node.Handle(new DhtEvent.SearchJoined(new DhtSearch { Torrent = torrent, Port = () => 0, Found = _found.AddRange }, []));
            _bench.Node.Handle(new DhtEvent.SearchHurried(torrent));
        }

        Assert.Equal(DhtLimits.Outstanding, queries);
        Assert.Equal(queries, _bench.TakeQueries().Count);
    }

    [Fact]
    public void A_lookup_that_is_led_on_and_on_ends_after_160_queries()
    {
        var lookup = new Lookup(NodeId.Any(_bench.Random), new DhtQuery.GetPeers(Torrent, DhtFamilies.IPv4));
        lookup.Add(Local(0), null);
        var asked = 0;
        while (lookup.Next() is { } candidate)
        {
            lookup.Asked(candidate);
            asked++;
            var nearer = Enumerable.Range(1, 4).Select(i => new NodeContact(NearTo(lookup.Target, (4 * asked) + i), Local((4 * asked) + i)));
            lookup.HasAnswered(candidate, new DhtReply(NodeId.Any(_bench.Random)), [.. nearer]);
        }

        Assert.Equal(DhtLimits.LookupQueries, asked);
    }

    [Theory]
    [InlineData(9.9, true)]
    [InlineData(10.2, false)]
    public void An_answer_is_taken_for_ten_seconds(double seconds, bool isTaken)
    {
        _bench.Know(1);
        Join();
        var asked = Assert.Single(_bench.TakeQueries(), sent => sent.Query.Asked is DhtQuery.GetPeers);
        var id = IdOf(asked.To);

        _bench.Run(TimeSpan.FromSeconds(seconds));
        Reply(asked, new DhtReply(id) { Peers = [Public(9)] });

        Assert.Equal(isTaken, _found.Count == 1);
    }

    [Fact]
    public void When_the_nearest_have_answered_the_torrent_is_announced_to_them_with_their_tokens()
    {
        _bench.Know(100);
        Join(port: 4711);
        AnswerAll(new DhtReply(default) { Token = "token"u8.ToArray() }, out var announced);

        Assert.Equal(DhtLimits.Nearest, announced.Count);
        Assert.All(announced, sent => Assert.Equal(4711, sent.Port));
        Assert.All(announced, sent => Assert.Equal("token"u8, sent.Token.Span));
    }

    [Fact]
    public void A_torrent_that_cannot_be_reached_is_looked_for_and_not_announced()
    {
        _bench.Know(100);
        Join(port: 0);
        AnswerAll(new DhtReply(default) { Token = "token"u8.ToArray() }, out var announced);

        Assert.Empty(announced);
    }

    [Fact]
    public void In_a_hurry_the_next_lookup_comes_fifteen_seconds_after_the_last()
    {
        _bench.Know(100);
        Join();
        AnswerAll(new DhtReply(default), out _);

        _bench.Node.Handle(new DhtEvent.SearchHurried(Torrent));
        _bench.Run(TimeSpan.FromSeconds(13));
        Assert.DoesNotContain(_bench.TakeQueries(), sent => sent.Query.Asked is DhtQuery.GetPeers);
        _bench.Run(TimeSpan.FromSeconds(2));
        Assert.Contains(_bench.TakeQueries(), sent => sent.Query.Asked is DhtQuery.GetPeers);
    }

    [Fact]
    public void While_nobody_is_in_a_hurry_a_torrent_is_looked_for_every_five_minutes()
    {
        _bench.Know(100);
        Join();
        AnswerAll(new DhtReply(default), out _);

        _bench.Run(TimeSpan.FromMinutes(4.5));
        Assert.DoesNotContain(_bench.TakeQueries(), sent => sent.Query.Asked is DhtQuery.GetPeers);
        _bench.Run(TimeSpan.FromMinutes(1));
        Assert.Contains(_bench.TakeQueries(), sent => sent.Query.Asked is DhtQuery.GetPeers);
    }

    [Fact]
    public void Far_away_nobody_can_have_us_call_local_addresses()
    {
        _bench.Know(1);
        Join();
        var asked = Assert.Single(_bench.TakeQueries(), sent => sent.Query.Asked is DhtQuery.GetPeers);
        string[] local = ["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255"];

        Reply(asked, new DhtReply(IdOf(asked.To))
        {
            Peers = [.. local.Select(address => new IPEndPoint(IPAddress.Parse(address), 80)), Public(9)],
            Nodes = [.. local.Select(address => new NodeContact(NodeId.Any(_bench.Random), new IPEndPoint(IPAddress.Parse(address), 80)))],
        });
        _bench.Run(TimeSpan.FromSeconds(10));

        Assert.Equal([Public(9)], _found);
        Assert.All(_bench.TakeQueries(), sent => Assert.Equal(asked.To, sent.To));
    }

    [Fact]
    public void Who_merely_asks_us_is_in_the_table_only_once_it_has_answered()
    {
        var caller = new NodeContact(NodeId.Any(_bench.Random), Public(3));
        _bench.Receive(new KrpcMessage.Query("ab"u8.ToArray(), caller.Id, new DhtQuery.Ping()), caller.Address);
        Assert.Equal(0, _bench.Node.Nodes);

        _bench.Take();
        _bench.Run(TimeSpan.FromSeconds(1));
        var ping = Assert.Single(_bench.TakeQueries(), sent => sent.To.Equals(caller.Address));
        Reply(ping, new DhtReply(caller.Id));
        Assert.Equal(1, _bench.Node.Nodes);
    }

    [Fact]
    public void A_node_that_says_it_is_read_only_is_answered_and_never_asked()
    {
        _bench.Receive(new KrpcMessage.Query("ab"u8.ToArray(), NodeId.Any(_bench.Random), new DhtQuery.Ping()) { IsReadOnly = true }, Public(3));
        Assert.IsType<KrpcMessage.Reply>(Assert.Single(_bench.Take()).Message);

        _bench.Run(TimeSpan.FromSeconds(5));
        Assert.Empty(_bench.TakeQueries());
    }

    [Fact]
    public void When_enough_networks_see_us_at_an_address_we_take_an_id_that_fits_it_and_keep_our_nodes()
    {
        var ours = IPAddress.Parse("198.51.100.7");
        _bench.Know(100);
        Assert.False(SecureNodeId.Fits(_bench.IPv4.Table.Self, ours));
        Join();
        AnswerAll(new DhtReply(default), out _, sees: ours);

        Assert.True(SecureNodeId.Fits(_bench.IPv4.Table.Self, ours));
        Assert.Equal([ours], _bench.Node.External);
        Assert.InRange(_bench.Node.Nodes, 60, 100);
    }

    [Fact]
    public void Seven_voices_or_many_of_one_network_do_not_move_us()
    {
        var votes = new AddressVotes();
        var ours = IPAddress.Parse("198.51.100.7");
        for (var i = 0; i < AddressVotes.Needed - 1; i++)
        {
            Assert.False(votes.Add(AddressScope.OwnerOf(new IPAddress([20, (byte)i, 1, 1])), ours));
        }

        for (var i = 0; i < 50; i++)
        {
            Assert.False(votes.Add(AddressScope.OwnerOf(new IPAddress([20, 1, 1, (byte)i])), ours));
        }

        Assert.True(votes.Add(AddressScope.OwnerOf(new IPAddress([20, 99, 1, 1])), ours));
        Assert.Equal(ours, votes.Winner);
    }

    [Fact]
    public void A_node_that_no_stranger_asks_for_a_quarter_of_an_hour_says_that_it_is_read_only_until_one_does()
    {
        var reach = new Reachability();
        var known = IPAddress.Parse("203.0.113.1");
        reach.Asked(known);
        reach.Tick(Reachability.EnoughNodes, TimeSpan.Zero);
        reach.AskedBy(known);
        reach.Tick(Reachability.EnoughNodes, Reachability.Patience - TimeSpan.FromSeconds(1));
        Assert.False(reach.IsReadOnly);
        reach.Tick(Reachability.EnoughNodes, Reachability.Patience);
        Assert.True(reach.IsReadOnly);

        reach.AskedBy(IPAddress.Parse("203.0.113.2"));
        reach.Tick(Reachability.EnoughNodes, Reachability.Patience * 3);
        Assert.False(reach.IsReadOnly);
    }

    [Fact]
    public void With_nobody_to_ask_a_search_begins_as_soon_as_a_node_is_named()
    {
        Join();
        _bench.Run(TimeSpan.FromSeconds(5));
        Assert.Empty(_bench.TakeQueries());

        _bench.Node.Handle(new DhtEvent.NodesNamed([Public(1)]));

        Assert.Contains(_bench.TakeQueries(), sent => sent.Query.Asked is DhtQuery.GetPeers && sent.To.Equals(Public(1)));
    }

    [Fact]
    public void A_liar_that_is_named_first_does_not_keep_us_from_asking_those_named_after_it()
    {
        Join();
        _bench.Node.Handle(new DhtEvent.NodesNamed([Public(1)]));
        var asked = _bench.TakeQueries().First(sent => sent.Query.Asked is DhtQuery.GetPeers);
        Reply(asked, new DhtReply(NodeId.Any(_bench.Random)));

        _bench.Node.Handle(new DhtEvent.NodesNamed([Public(2)]));
        _bench.Run(TimeSpan.FromSeconds(0.5));

        Assert.Contains(_bench.TakeQueries(), sent => sent.Query.Asked is DhtQuery.GetPeers && sent.To.Equals(Public(2)));
    }

    [Fact]
    public void While_the_line_is_down_few_packets_are_sent()
    {
        _bench.Node.Handle(new DhtEvent.NodesNamed([Public(1), Public(2), Public(3)]));
        Join();
        _bench.Run(TimeSpan.FromMinutes(10));
        _bench.Take();

        _bench.Run(TimeSpan.FromMinutes(10));

        Assert.InRange(_bench.Take().Count, 3, 150);
    }

    [Fact]
    public void Another_port_is_announced_as_soon_as_manners_allow()
    {
        _bench.Know(30);
        var port = 4711;
        _bench.Node.Handle(new DhtEvent.SearchJoined(new DhtSearch { Torrent = Torrent, Port = () => port, Found = _found.AddRange }, []));
        AnswerAll(new DhtReply(default) { Token = "token"u8.ToArray() }, out var announced);
        Assert.All(announced, announce => Assert.Equal(4711, announce.Port));
        Assert.NotEmpty(announced);

        port = 40_000;
        _bench.Node.Handle(new DhtEvent.PortChanged(Torrent));
        for (var passed = TimeSpan.Zero; passed < SearchClock.Least; passed += TimeSpan.FromSeconds(1))
        {
            _bench.Time.Advance(TimeSpan.FromSeconds(1));
        }

        _bench.Node.Handle(new DhtEvent.Tick());
        AnswerAll(new DhtReply(default) { Token = "token"u8.ToArray() }, out announced);
        Assert.NotEmpty(announced);
        Assert.All(announced, announce => Assert.Equal(40_000, announce.Port));
    }

    private static IPEndPoint Public(int host) => new(new IPAddress([20, 200, (byte)host, 1]), 6881);

    [Fact]
    public void Of_many_torrents_a_few_are_looked_for_at_once_and_first_those_whose_peers_are_waited_for()
    {
        _bench.Know(100);
        for (var i = 0; i < 200; i++)
        {
            _bench.Node.Handle(new DhtEvent.SearchJoined(new DhtSearch { Torrent = Numbered(i), Port = () => 0, Found = _found.AddRange }, []));
        }

        Assert.Equal(6, Sought().Count);
        _bench.Node.Handle(new DhtEvent.SearchHurried(Numbered(199)));
        Assert.Equal([Numbered(199)], Sought());
    }

    private static InfoHash Numbered(int number)
    {
        var bytes = new byte[InfoHash.Size];
        BitConverter.TryWriteBytes(bytes, number);
        return new InfoHash(bytes);
    }

    private HashSet<InfoHash> Sought() =>
        [.. _bench.TakeQueries().Select(sent => sent.Query.Asked).OfType<DhtQuery.GetPeers>().Select(asked => asked.Torrent)];

    /// <summary>Addresses that may share a network and need not fit their ids.</summary>
    private static IPEndPoint Local(int host) => new(new IPAddress([10, 0, (byte)(host / 250), (byte)(1 + (host % 250))]), 6881);

    /// <summary>A place that is the nearer to the target the greater the number is.</summary>
    private static NodeId NearTo(NodeId target, int number)
    {
        Span<byte> bytes = stackalloc byte[NodeId.Size];
        target.CopyTo(bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes[16..], BinaryPrimitives.ReadInt32BigEndian(bytes[16..]) ^ (int.MaxValue - number));
        return new NodeId(bytes);
    }

    private void Join(int port = 0) =>
        _bench.Node.Handle(new DhtEvent.SearchJoined(new DhtSearch { Torrent = Torrent, Port = () => port, Found = _found.AddRange }, []));

    private NodeId IdOf(IPEndPoint address) => _bench.IPv4.Table.Nodes.Single(node => node.Contact.Address.Equals(address)).Contact.Id;

    private void Reply((KrpcMessage.Query Query, IPEndPoint To) asked, DhtReply reply, IPAddress? sees = null) =>
        _bench.Receive(new KrpcMessage.Reply(asked.Query.Transaction, reply) { YourAddress = sees is null ? null : new IPEndPoint(sees, 1) }, asked.To);

    /// <summary>Answers every query until no more come, and notes the announces.</summary>
    private void AnswerAll(DhtReply reply, out List<DhtQuery.AnnouncePeer> announced, IPAddress? sees = null)
    {
        announced = [];
        var ids = _bench.IPv4.Table.Nodes.ToDictionary(node => node.Contact.Address, node => node.Contact.Id);
        for (var i = 0; i < 20; i++)
        {
            var queries = _bench.TakeQueries();
            announced.AddRange(queries.Select(sent => sent.Query.Asked).OfType<DhtQuery.AnnouncePeer>());
            foreach (var asked in queries)
            {
                Reply(asked, reply with { Sender = ids[asked.To] }, sees);
            }

            _bench.Time.Advance(TimeSpan.FromMilliseconds(50));
        }
    }
}
