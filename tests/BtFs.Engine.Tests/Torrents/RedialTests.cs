using BtFs.Engine.Layout;
using BtFs.Engine.Picking;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Peer;
using BtFs.Testing.Swarms;

namespace BtFs.Engine.Tests.Torrents;

/// <summary>After a suspend or a change of network every connection is dead, and most peers are where they were.</summary>
public class RedialTests
{
    private const int PieceLength = 64 * 1024;

    [Fact]
    public void When_every_connection_dies_while_a_reader_waits_the_good_ones_are_called_again_at_once()
    {
        var (swarm, world) = Used(peers: 60);
        var wish = Read(swarm, 200);
        world.CutOff();
        var before = swarm.Dialed.Count;
        world.Until(() => swarm.Dialed.Count > before, TimeSpan.FromMilliseconds(50));

        Assert.InRange(swarm.Dialed.Count - before, 30, 60);
        Assert.NotNull(world.Until(() => wish.Granted.IsCompletedSuccessfully, TimeSpan.FromSeconds(1)));
        swarm.Close();
    }

    [Fact]
    public void A_read_after_ten_minutes_without_a_network_finds_its_peers_at_once_and_nobody_is_banned()
    {
        var (swarm, world) = Used(peers: 60);
        world.IsOffline = true;
        world.CutOff();
        world.For(TimeSpan.FromMinutes(10));
        Assert.Empty(swarm.Loop.Peers);

        world.IsOffline = false;
        var wish = Read(swarm, 200);
        Assert.NotNull(world.Until(() => wish.Granted.IsCompletedSuccessfully, TimeSpan.FromSeconds(0.5)));
        Assert.NotNull(world.Until(() => swarm.Loop.Peers.Count == 60, TimeSpan.FromSeconds(65)));
        swarm.Close();
    }

    [Fact]
    public void A_read_that_began_without_a_network_goes_on_two_seconds_after_it_is_back()
    {
        var (swarm, world) = Used(peers: 10);
        world.IsOffline = true;
        world.CutOff();
        world.For(TimeSpan.FromMinutes(1));
        var wish = Read(swarm, 200);
        world.For(TimeSpan.FromSeconds(100));

        world.IsOffline = false;
        Assert.NotNull(world.Until(() => wish.Granted.IsCompletedSuccessfully, TimeSpan.FromSeconds(2.5)));
        swarm.Close();
    }

    [Fact]
    public void The_quickest_are_called_first()
    {
        var swarm = Swarm();
        var world = new DialedWorld(swarm);
        var addresses = Enumerable.Range(1, 40)
            .Select(i => world.Seed(i, new PeerBehaviour { RoundTrip = TimeSpan.FromMilliseconds(400 - (5 * i)), Rate = 2_000_000 })).ToList();
        Use(swarm, world, addresses);
        Read(swarm, 200);
        world.CutOff();
        var before = swarm.Dialed.Count;
        world.Until(() => swarm.Dialed.Count > before, TimeSpan.FromMilliseconds(50));

        var first = swarm.Dialed.Skip(before).Take(5).Select(address => addresses.IndexOf(address)).ToList();
        Assert.All(first, index => Assert.InRange(index, 25, 39));
        swarm.Close();
    }

    [Fact]
    public void Connections_that_died_while_the_machine_slept_are_found_out_and_made_anew_within_ten_seconds()
    {
        var (swarm, world) = Used(peers: 20);
        var dead = world.Reached.ToList();
        foreach (var peer in dead)
        {
            peer.Vanish();
        }

        swarm.Post(new TorrentEvent.Disturbed());
        var wish = Read(swarm, 200);
        Assert.NotNull(world.Until(() => wish.Granted.IsCompletedSuccessfully, TimeSpan.FromSeconds(10)));

        Assert.All(dead, peer => Assert.Contains(peer.Heard, message => message is PeerMessage.KeepAlive));
        Assert.All(swarm.Loop.Peers, peer => Assert.True(peer.Speed.LastSign > TimeSpan.Zero));
        swarm.Close();
    }

    [Fact]
    public void Connections_that_still_stand_after_a_change_of_addresses_are_left_alone()
    {
        var (swarm, world) = Used(peers: 20);
        swarm.Post(new TorrentEvent.WindowsMoved(world, [new ReadWindow(150 * PieceLength, 250 * PieceLength, 1_000_000, IsHurried: true)]));
        swarm.Post(new TorrentEvent.Disturbed());
        world.For(TimeSpan.FromSeconds(20));

        Assert.All(world.Reached, peer => Assert.Null(peer.ClosedBecause));
        swarm.Close();
    }

    [Fact]
    public void What_could_not_be_reached_while_the_network_was_away_is_called_as_soon_as_it_is_back()
    {
        var swarm = Swarm();
        var world = new DialedWorld(swarm) { IsOffline = true };
        swarm.Post(new TorrentEvent.PeersFound([.. Enumerable.Range(1, 20).Select(i => world.Seed(i))]));
        world.For(TimeSpan.FromMinutes(30));
        Assert.Empty(world.Reached);

        world.IsOffline = false;
        swarm.Post(new TorrentEvent.Disturbed());
        Assert.NotNull(world.Until(() => world.Reached.Count == 20, TimeSpan.FromSeconds(5)));
        Assert.True(swarm.Searches > 0);
        swarm.Close();
    }

    [Fact]
    public void A_process_that_stood_still_for_minutes_gives_up_no_read_and_no_peer_for_that()
    {
        var swarm = new SimulatedSwarm(seed: 4, PieceLength, length: 256L * PieceLength, readTimeout: TimeSpan.FromMinutes(2));
        var slow = swarm.Join(new PeerBehaviour { Rate = 1_000, Pieces = [.. Enumerable.Range(0, 100)] });
        var fromSlow = swarm.Read(5);
        var fromNobody = swarm.Read(200);
        swarm.For(TimeSpan.FromSeconds(10));

        swarm.StandStill(TimeSpan.FromMinutes(5));
        swarm.For(TimeSpan.FromSeconds(5));
        Assert.Null(slow.ClosedBecause);
        Assert.False(fromNobody.Granted.IsCompleted);

        swarm.Join(new PeerBehaviour { Rate = 1_000_000 });
        Assert.NotNull(swarm.Until(() => fromNobody.Granted.IsCompletedSuccessfully && fromSlow.Granted.IsCompletedSuccessfully, TimeSpan.FromSeconds(20)));
        swarm.Close();
    }

    private static SimulatedSwarm Swarm() => new(seed: 4, PieceLength, length: 256L * PieceLength);

    private static (SimulatedSwarm Swarm, DialedWorld World) Used(int peers)
    {
        var swarm = Swarm();
        var world = new DialedWorld(swarm);
        Use(swarm, world, Enumerable.Range(1, peers).Select(i => world.Seed(i)).ToList());
        return (swarm, world);
    }

    /// <summary>Everybody is connected and has given something.</summary>
    private static void Use(SimulatedSwarm swarm, DialedWorld world, List<System.Net.IPEndPoint> addresses)
    {
        swarm.Post(new TorrentEvent.PeersFound(addresses));
        Assert.NotNull(world.Until(() => world.Reached.Count == addresses.Count, TimeSpan.FromSeconds(10)));
        swarm.Post(new TorrentEvent.WindowsMoved(world, [new ReadWindow(0, 150 * PieceLength, 1_000_000, IsHurried: true)]));
        world.For(TimeSpan.FromSeconds(30));
        Assert.All(swarm.Loop.Peers, peer => Assert.True(peer.BytesFrom > 0));
    }

    private static Wish Read(SimulatedSwarm swarm, int piece) => swarm.Read(piece);
}
