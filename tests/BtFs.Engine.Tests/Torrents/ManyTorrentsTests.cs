using BtFs.Engine.Peers;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Peer;
using BtFs.Testing.Swarms;

namespace BtFs.Engine.Tests.Torrents;

/// <summary>One torrent among 200 of a process.</summary>
public class ManyTorrentsTests
{
    private readonly ConnectionShares _shares = new(400);
    private readonly List<ConnectionShare> _others;

    public ManyTorrentsTests() => _others = [.. Enumerable.Range(0, 199).Select(_ => _shares.Join())];

    [Fact]
    public void Nobody_is_called_until_it_is_read_and_then_at_once()
    {
        var (swarm, world) = Swarm();
        swarm.Post(new TorrentEvent.PeersFound([world.Seed(1), world.Seed(2), world.Seed(3)]));
        world.For(TimeSpan.FromMinutes(5));
        Assert.Empty(swarm.Dialed);

        var wish = swarm.Read(0);
        Assert.NotNull(world.Until(() => wish.Granted.IsCompletedSuccessfully, TimeSpan.FromSeconds(1)));
        swarm.Close();
    }

    [Fact]
    public void Once_it_has_not_been_read_for_a_minute_it_has_no_claim_any_more()
    {
        var (swarm, world) = Swarm();
        swarm.Post(new TorrentEvent.PeersFound([world.Seed(1)]));
        var wish = swarm.Read(0);
        world.Until(() => wish.Granted.IsCompletedSuccessfully, TimeSpan.FromSeconds(1));

        world.For(TimeSpan.FromSeconds(50));
        Assert.True(swarm.Context.Share.IsBusy);
        world.For(TimeSpan.FromSeconds(20));
        Assert.False(swarm.Context.Share.IsBusy);
        swarm.Close();
    }

    [Fact]
    public void While_it_is_not_read_its_connections_go_to_one_that_is_and_finds_none_left()
    {
        var (swarm, world) = Swarm();
        var peers = Enumerable.Range(0, 20).Select(_ => swarm.Connect(new PeerBehaviour())).ToList();
        peers.ForEach(_ => Assert.True(swarm.Context.Share.TryTake()));
        var reader = _others[0];
        reader.IsBusy = true;
        while (reader.TryTake())
        {
        }

        // It has more than its part itself, until a second one is read.
        world.For(TimeSpan.FromSeconds(10));
        Assert.All(peers, peer => Assert.Null(peer.ClosedBecause));

        var late = _others[1];
        late.IsBusy = true;
        Assert.Equal(0, late.RoomToDial(30));
        world.For(TimeSpan.FromMinutes(1));
        Assert.All(peers, peer => Assert.NotNull(peer.ClosedBecause));
        swarm.Close();
    }

    [Fact]
    public void A_magnet_that_nobody_answers_is_looked_for_in_a_hurry_for_ten_minutes_and_then_quietly()
    {
        var swarm = new SimulatedSwarm(new SwarmShape { IsMagnet = true, Share = _shares.Join() });
        var world = new DialedWorld(swarm);
        swarm.Post(new TorrentEvent.PeersFound(DialedWorld.BlackHoles(3)));
        world.For(TimeSpan.FromMinutes(10));
        var (searches, turns) = (swarm.Searches, swarm.Turns);
        Assert.InRange(searches, 50, 200);

        world.For(TimeSpan.FromMinutes(10));
        Assert.Equal(searches, swarm.Searches);
        Assert.InRange(swarm.Turns - turns, 1, 1500);
        Assert.NotEmpty(swarm.Dialed);
        swarm.Close();
    }

    private (SimulatedSwarm Swarm, DialedWorld World) Swarm()
    {
        var swarm = new SimulatedSwarm(new SwarmShape { Share = _shares.Join(), ReadTimeout = Timeout.InfiniteTimeSpan });
        return (swarm, new DialedWorld(swarm));
    }
}
