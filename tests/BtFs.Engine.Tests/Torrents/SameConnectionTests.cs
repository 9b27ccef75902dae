using System.Net;
using BtFs.Engine.Peers;
using BtFs.Engine.PortMapping;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Peer;
using BtFs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Engine.Tests.Torrents;

/// <summary>Two peers that call each other at once end up with one connection, the same one on both sides.</summary>
public class SameConnectionTests
{
    private static readonly IPAddress[] Hosts = [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.2")];

    [Fact]
    public void Of_a_thousand_pairs_that_call_each_other_at_once_each_keeps_exactly_one_connection()
    {
        for (var seed = 0; seed < 1000; seed++)
        {
            var pair = new Pair(seed);
            pair.Connect(caller: 0, callers: Hosts);
            pair.Connect(caller: 1, callers: Hosts);
            pair.Settle();

            Assert.Single(pair.Open(0));
            Assert.Equal(pair.Open(0), pair.Open(1));
        }
    }

    [Fact]
    public void Of_a_thousand_peers_called_at_their_IPv4_and_IPv6_addresses_each_keeps_one_connection()
    {
        IPAddress[] six = [IPAddress.Parse("2001:db8::1"), IPAddress.Parse("2001:db8::2")];
        for (var seed = 0; seed < 1000; seed++)
        {
            var pair = new Pair(seed, isOrdered: true);
            pair.Connect(caller: 0, callers: Hosts);
            pair.Connect(caller: 0, callers: six);
            pair.Settle();

            Assert.Single(pair.Open(0));
            Assert.Equal(pair.Open(0), pair.Open(1));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_copies_the_id_of_a_connected_peer_from_another_address_does_not_push_it_out(bool isIncoming)
    {
        var ids = Ids(new Random(1));
        var old = Peer(ids[0], Hosts[0], isIncoming: true);
        var copy = new PeerHello(new IPEndPoint(Hosts[1], 6881), ids[0], isIncoming, Fast: true, Extended: true, V2: false);

        Assert.False(SameConnection.NewOneStays(ids[1], old, copy, SameConnection.DialLife));
    }

    /// <summary>libtorrent does so when two calls through a hole in a router cross.</summary>
    [Theory]
    [InlineData(true, 2.0)]
    [InlineData(false, 30.0)]
    public void Who_hangs_up_both_connections_is_called_again_soon_after_it_served_us(bool hasServed, double after)
    {
        var links = new NoLinks();
        var swarm = Pair.SwarmOf(Ids(new Random(1))[0], links);
        var address = new IPEndPoint(Hosts[1], 6881);
        var line = new Line(() => { });
        swarm.Learn([address], areNamed: false);
        swarm.Dial(TimeSpan.Zero, isEager: true);
        var caller = swarm.Join(line, new PeerHello(address, Ids(new Random(2))[0], IsIncoming: true, Fast: true, Extended: true, V2: false), TimeSpan.Zero)!;
        swarm.ListensAt(caller, address.Port, TimeSpan.Zero);
        caller.BytesFrom = hasServed ? 16_384 : 0;
        swarm.Leave(line, TimeSpan.Zero);
        swarm.DialFailed(address, TimeSpan.Zero);

        swarm.Dial(TimeSpan.FromSeconds(after - 0.1), isEager: true);
        Assert.Equal(1, links.Dials);
        swarm.Dial(TimeSpan.FromSeconds(after), isEager: true);
        Assert.Equal(2, links.Dials);
    }

    private static PeerId[] Ids(Random random) => [PeerId.New(random), PeerId.New(random)];

    private static Peer Peer(PeerId id, IPAddress host, bool isIncoming) =>
        new(new Line(() => { }), new PeerHello(new IPEndPoint(host, 6881), id, isIncoming, Fast: true, Extended: true, V2: false), TimeSpan.Zero);

    /// <summary>Two swarms and the connections between them, whose events each side sees in an order of its own.</summary>
    private sealed class Pair
    {
        private readonly Random _random;
        private readonly bool _isOrdered;
        private readonly PeerId[] _ids;
        private readonly Swarm[] _swarms;
        private readonly List<Queue<Action>> _pending = [];
        private readonly List<bool> _closing = [];

        internal Pair(int seed, bool isOrdered = false)
        {
            _random = new Random(seed);
            _isOrdered = isOrdered;
            _ids = Ids(_random);
            _swarms = [SwarmOf(_ids[0]), SwarmOf(_ids[1])];
            if (isOrdered)
            {
                _pending.AddRange([new(), new()]);
            }
        }

        internal void Connect(int caller, IPAddress[] callers)
        {
            var connection = _closing.Count;
            _closing.Add(false);
            var events = _isOrdered ? _pending.ToArray() : [new Queue<Action>(), new Queue<Action>()];
            if (!_isOrdered)
            {
                _pending.AddRange(events);
            }

            var wires = new Line[2];
            for (var side = 0; side < 2; side++)
            {
                var me = side;
                wires[me] = new Line(() => Close(connection, events, wires));
                var hello = new PeerHello(
                    new IPEndPoint(callers[1 - me], 6881 + connection), _ids[1 - me], IsIncoming: me != caller, Fast: true, Extended: true, V2: false);
                events[me].Enqueue(() => _swarms[me].Join(wires[me], hello, TimeSpan.Zero));
            }
        }

        internal void Settle()
        {
            while (_pending.Where(events => events.Count > 0).ToList() is { Count: > 0 } ready)
            {
                ready[_random.Next(ready.Count)].Dequeue()();
            }
        }

        /// <summary>The connections that one side has, by number.</summary>
        internal IEnumerable<int> Open(int side) => _swarms[side].Peers.Select(peer => peer.Hello.Address.Port - 6881);

        internal static Swarm SwarmOf(PeerId id, NoLinks? links = null) => new(new LoopContext(
            new EngineOptions { CacheDirectory = "unused" }, new PublicPorts(0, 0), new TorrentInbox(), links ?? new NoLinks(), new ManualTimeProvider(), new Random(1), NullLogger.Instance) { Self = new OurPeerId(id) });

        private void Close(int connection, Queue<Action>[] events, Line[] wires)
        {
            if (_closing[connection])
            {
                return;
            }

            _closing[connection] = true;
            for (var side = 0; side < 2; side++)
            {
                var me = side;
                events[me].Enqueue(() => _swarms[me].Leave(wires[me], TimeSpan.Zero));
            }
        }
    }

    private sealed class NoLinks : ITorrentLinks
    {
        internal int Dials { get; private set; }

        public void Dial(IPEndPoint address, TimeSpan patience, DialWay way)
        {
            Dials++;
        }

        public void FindPeers()
        {
        }

        public void MeetNode(IPEndPoint address)
        {
        }

        public void ContentCompleted()
        {
        }

        public void MetadataArrived(byte[] info)
        {
        }
    }
}
