using System.Buffers;
using System.Net;
using BtFs.Engine.LocalDiscovery;
using BtFs.Protocol.LocalDiscovery;
using BtFs.Protocol.Metainfo;
using BtFs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Engine.Tests.LocalDiscovery;

/// <summary>What is announced and heard on a local network, in virtual time.</summary>
public class LocalDiscoveryNodeTests
{
    private static readonly IPEndPoint Neighbour = new(IPAddress.Parse("192.168.1.7"), 6771);
    private static readonly IPEndPoint Stranger = new(IPAddress.Parse("203.0.113.7"), 6771);

    private readonly ManualTimeProvider _time = new();
    private readonly RecordedNetworks _networks = new();
    private readonly List<IPEndPoint> _found = [];
    private readonly LocalDiscoveryNode _node;

    public LocalDiscoveryNodeTests() => _node = new LocalDiscoveryNode(_networks, 6881, _time, new Random(1), NullLogger.Instance);

    [Fact]
    public void A_torrent_is_announced_at_once_and_every_five_minutes()
    {
        Join(1);
        Assert.Equal([Hash(1)], Assert.Single(_networks.Sent).Torrents);
        Assert.Equal(6881, _networks.Sent[0].Port);

        For(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.Single(_networks.Sent);
        For(TimeSpan.FromMinutes(55));
        Assert.Equal(12, _networks.Sent.Count);
    }

    [Fact]
    public void Torrents_that_come_together_share_a_datagram_a_minute()
    {
        for (byte i = 1; i <= 30; i++)
        {
            Join(i);
        }

        Assert.Single(_networks.Sent);
        For(LocalDiscoveryLimits.LeastGap - TimeSpan.FromSeconds(1));
        Assert.Single(_networks.Sent);
        For(TimeSpan.FromMinutes(2));
        Assert.Equal([1, LocalAnnounce.MaxTorrents, 29 - LocalAnnounce.MaxTorrents], _networks.Sent.Select(announce => announce.Torrents.Count));
    }

    [Fact]
    public void Nobody_hears_of_us_more_than_once_a_minute_whatever_happens()
    {
        Join(1);
        for (byte i = 0; i < 200; i++)
        {
            Hear(new LocalAnnounce((ushort)(1000 + i), [Hash(1)], null));
            _node.Handle(new LocalDiscoveryEvent.NetworksChanged());
            For(TimeSpan.FromSeconds(3));
        }

        Assert.InRange(_networks.Sent.Count, 10, 11);
    }

    [Fact]
    public void A_neighbour_is_found_and_answered_once()
    {
        Join(1);
        For(TimeSpan.FromMinutes(2));
        Hear(new LocalAnnounce(7000, [Hash(1), Hash(2), Hash(1)], "its own"));
        Assert.Equal([new IPEndPoint(Neighbour.Address, 7000)], _found);

        For(LocalDiscoveryLimits.AnswerWithin + TimeSpan.FromSeconds(1));
        Assert.Equal(2, _networks.Sent.Count);
        Hear(new LocalAnnounce(7000, [Hash(1)], "its own"));
        For(TimeSpan.FromMinutes(2));
        Assert.Equal(2, _networks.Sent.Count);
    }

    [Fact]
    public void Strangers_other_torrents_ourselves_and_those_who_left_are_not_found()
    {
        Join(1);
        Join(2);
        _node.Handle(new LocalDiscoveryEvent.SearchLeft(Hash(2)));
        Hear(new LocalAnnounce(7000, [Hash(1)], null), Stranger);
        Hear(new LocalAnnounce(7000, [Hash(2), Hash(3)], null));
        Hear(_networks.Sent[0]);
        _node.Handle(new LocalDiscoveryEvent.DatagramReceived("nonsense"u8.ToArray(), Neighbour));

        Assert.Empty(_found);
    }

    [Fact]
    public void Ten_datagrams_a_second_are_read_of_a_flood_and_strangers_use_up_none()
    {
        Join(1);
        for (var i = 0; i < 10_000; i++)
        {
            Hear(new LocalAnnounce(7000, [Hash(1)], null), Stranger);
            Hear(new LocalAnnounce(7000, [Hash(1)], null));
        }

        Assert.Equal(LocalDiscoveryLimits.DatagramsPerSecond, _found.Count);
        For(TimeSpan.FromSeconds(1));
        Hear(new LocalAnnounce(7000, [Hash(1)], null));
        Assert.Equal(LocalDiscoveryLimits.DatagramsPerSecond + 1, _found.Count);
    }

    [Fact]
    public void Without_a_network_nothing_counts_as_announced()
    {
        _networks.HasNetworks = false;
        Join(1);
        For(TimeSpan.FromSeconds(10));
        Assert.Empty(_networks.Sent);

        _networks.HasNetworks = true;
        _node.Handle(new LocalDiscoveryEvent.NetworksChanged());
        Assert.Single(_networks.Sent);
    }

    [Fact]
    public void Without_a_port_to_call_we_only_listen()
    {
        var node = new LocalDiscoveryNode(_networks, 0, _time, new Random(1), NullLogger.Instance);
        node.Handle(new LocalDiscoveryEvent.SearchJoined(new LocalSearch { Torrent = Hash(1), Found = _found.AddRange }));
        node.Handle(new LocalDiscoveryEvent.DatagramReceived(Written(new LocalAnnounce(7000, [Hash(1)], null)), Neighbour));

        Assert.Empty(_networks.Sent);
        Assert.Single(_found);
    }

    private static InfoHash Hash(byte of) => new(Enumerable.Repeat(of, 20).ToArray());

    private static byte[] Written(LocalAnnounce announce)
    {
        var output = new ArrayBufferWriter<byte>();
        LocalAnnounceWriter.Write(output, announce, isIPv6: false);
        return output.WrittenSpan.ToArray();
    }

    private void Join(byte torrent) =>
        _node.Handle(new LocalDiscoveryEvent.SearchJoined(new LocalSearch { Torrent = Hash(torrent), Found = _found.AddRange }));

    private void Hear(LocalAnnounce announce, IPEndPoint? from = null) =>
        _node.Handle(new LocalDiscoveryEvent.DatagramReceived(Written(announce), from ?? Neighbour));

    private void For(TimeSpan span)
    {
        for (var second = 0; second < span.TotalSeconds; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _node.Handle(new LocalDiscoveryEvent.Tick());
        }
    }

    private sealed class RecordedNetworks : ILocalWire
    {
        public List<LocalAnnounce> Sent { get; } = [];

        public bool HasNetworks { get; set; } = true;

        public void Announce(LocalAnnounce announce) => Sent.Add(announce);

        public bool IsNeighbour(IPAddress address) => new LocalNetwork(1, IPAddress.Parse("192.168.1.2"), 24).Contains(address);
    }
}
