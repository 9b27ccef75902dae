using System.Net;
using BtFs.Engine.Dht;
using BtFs.Protocol.Dht;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Tests.Dht;

/// <summary>What strangers can have us keep: each limit at its value and one above.</summary>
public class KeptForOthersTests
{
    private static readonly NodeId Self = NodeId.Any(new Random(3));
    private static readonly IPEndPoint Stranger = new(IPAddress.Parse("203.0.113.7"), 6881);

    private readonly Random _random = new(1);

    [Fact]
    public void Peers_of_a_thousand_torrents_are_kept_and_for_one_more_the_furthest_goes()
    {
        var peers = new AnnouncedPeers(_random);
        var torrents = Enumerable.Range(0, DhtLimits.Torrents + 1).Select(_ => Any()).OrderBy(torrent => NodeId.Of(torrent), Comparer<NodeId>.Create((a, b) => NodeId.CompareDistance(Self, a, b))).ToList();
        foreach (var torrent in torrents.Skip(1))
        {
            Assert.True(peers.Add(torrent, Peer(1), isSeed: false, Self, TimeSpan.Zero));
        }

        Assert.Equal(DhtLimits.Torrents, peers.Count);
        Assert.True(peers.Add(torrents[0], Peer(1), isSeed: false, Self, TimeSpan.Zero));
        Assert.Equal(DhtLimits.Torrents, peers.Count);
        Assert.Empty(peers.Pick(torrents[^1], DhtFamilies.IPv4, noSeeds: false, 1));
        Assert.Single(peers.Pick(torrents[0], DhtFamilies.IPv4, noSeeds: false, 1));
    }

    [Fact]
    public void Two_hundred_peers_of_a_torrent_are_kept_and_for_one_more_the_longest_silent_goes()
    {
        var (peers, torrent) = (new AnnouncedPeers(_random), Any());
        for (var i = 0; i < DhtLimits.PeersOfTorrent; i++)
        {
            peers.Add(torrent, Peer(i), isSeed: false, Self, TimeSpan.FromSeconds(i));
        }

        Assert.Equal(DhtLimits.PeersOfTorrent, peers.Pick(torrent, DhtFamilies.IPv4, noSeeds: false, int.MaxValue).Count);

        // One address is one peer, whatever ports it names.
        peers.Add(torrent, new IPEndPoint(Peer(5).Address, 9), isSeed: false, Self, TimeSpan.FromSeconds(300));
        peers.Add(torrent, Peer(DhtLimits.PeersOfTorrent), isSeed: false, Self, TimeSpan.FromSeconds(300));

        var kept = peers.Pick(torrent, DhtFamilies.IPv4, noSeeds: false, int.MaxValue);
        Assert.Equal(DhtLimits.PeersOfTorrent, kept.Count);
        Assert.DoesNotContain(Peer(0), kept);
        Assert.Contains(new IPEndPoint(Peer(5).Address, 9), kept);
    }

    [Fact]
    public void A_thousand_values_are_kept_and_for_one_more_the_oldest_goes()
    {
        var items = new KeptItems();
        byte[] Value(int number) => System.Text.Encoding.ASCII.GetBytes($"i{number}e");
        for (var i = 0; i <= DhtLimits.Items; i++)
        {
            items.Add(Value(i), TimeSpan.FromSeconds(i));
            Assert.Equal(i < DhtLimits.Items, items.Find(KeptItems.PlaceOf(Value(0)), TimeSpan.FromSeconds(i)) is not null);
        }

        Assert.All(Enumerable.Range(1, DhtLimits.Items), i => Assert.NotNull(items.Find(KeptItems.PlaceOf(Value(i)), TimeSpan.FromSeconds(DhtLimits.Items))));
    }

    [Theory]
    [InlineData(DhtLimits.ItemBytes, true)]
    [InlineData(DhtLimits.ItemBytes + 1, false)]
    public void A_value_has_a_thousand_bytes_at_most(int bytes, bool isKept)
    {
        var bench = new DhtBench();
        byte[] value = [.. System.Text.Encoding.ASCII.GetBytes($"{bytes - 4}:"), .. new byte[bytes - 4]];
        Assert.Equal(bytes, value.Length);
        var token = bench.Answer(new DhtQuery.Get(KeptItems.PlaceOf(value), DhtFamilies.None), Stranger).Token;

        var answer = bench.Ask(new DhtQuery.Put(value, token, IsMutable: false), Stranger)!.Value.Message;

        Assert.Equal(isKept ? null : KrpcErrorCode.ValueTooBig, (answer as KrpcMessage.Error)?.Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1_200)]
    public void A_salt_of_any_length_is_a_mutable_value_and_refused(int bytes)
    {
        var bench = new DhtBench();
        var packet = $"d1:ad2:id20:abcdefghij01234567891:k32:{new string('k', 32)}4:salt{bytes}:{new string('s', bytes)}3:seqi1e3:sig64:{new string('x', 64)}5:token8:tokentok1:v1:ae1:q3:put1:t2:aa1:y1:qe";

        Assert.IsType<KrpcMessage.Error>(bench.Ask(packet, Stranger));
    }

    [Fact]
    public void A_thousand_and_twenty_four_networks_are_counted_and_one_more_takes_the_place_of_who_sent_least()
    {
        var limits = new CallerLimits();
        var loud = new IPEndPoint(IPAddress.Parse("30.0.0.1"), 1);
        for (var i = 0; i < 50; i++)
        {
            Assert.True(limits.Allows(loud, TimeSpan.Zero));
        }

        // Were the count forgotten for any of those who come once, the loud one could go on for ever.
        for (var i = 0; i < 4 * DhtLimits.CallerSlots; i++)
        {
            Assert.True(limits.Allows(new IPEndPoint(new IPAddress([40, (byte)(i >> 8), (byte)(i & 0xff), 1]), 1), TimeSpan.FromSeconds(1)));
        }

        var heard = Enumerable.Range(0, 100).Count(_ => limits.Allows(loud, TimeSpan.FromSeconds(2)));
        Assert.Equal(DhtLimits.CallerPackets - 50, heard);
    }

    [Fact]
    public void Tokens_cannot_be_guessed_from_those_of_others()
    {
        var tokens = new AnnounceTokens();
        var place = NodeId.Any(_random);
        var given = Enumerable.Range(0, 1000).Select(i => Convert.ToHexString(tokens.For(Peer(i).Address, place, TimeSpan.Zero))).ToHashSet();

        Assert.Equal(1000, given.Count);
        Assert.All(Enumerable.Range(0, 8), position => Assert.InRange(given.Select(token => token.Substring(position * 2, 2)).Distinct().Count(), 200, 256));
        Assert.NotEqual(tokens.For(Peer(1).Address, place, TimeSpan.Zero), new AnnounceTokens().For(Peer(1).Address, place, TimeSpan.Zero));
    }

    private InfoHash Any()
    {
        var bytes = new byte[InfoHash.Size];
        _random.NextBytes(bytes);
        return new InfoHash(bytes);
    }

    private static IPEndPoint Peer(int number) => new(new IPAddress([60, (byte)(number >> 8), (byte)(number & 0xff), 1]), 6881);
}
