using System.Net;
using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Extensions;
using BtFs.Testing.Swarms;

namespace BtFs.Engine.Tests.Torrents;

/// <summary>Most addresses of a list are dead: how soon the living are found among them.</summary>
public class DialingTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(50)]
    [InlineData(500)]
    public void The_last_address_of_a_list_of_dead_ones_gives_the_first_block_within_a_second(int dead)
    {
        var swarm = Swarm();
        var world = new DialedWorld(swarm);
        var wish = swarm.Read(0);
        swarm.Post(new TorrentEvent.PeersFound([.. DialedWorld.BlackHoles(dead), world.Seed(1)]));

        Assert.NotNull(world.Until(() => wish.Granted.IsCompletedSuccessfully, Second));
        Assert.InRange(world.MostUnderWay, 1, PeerLimits.HalfOpen);
        swarm.Close();
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.1)]
    [InlineData(1.0)]
    [InlineData(4.0)]
    [InlineData(30.0)]
    public void An_address_that_becomes_known_while_dead_ones_are_being_dialed_gives_the_first_block_within_a_second(double later)
    {
        var swarm = Swarm();
        var world = new DialedWorld(swarm);
        var wish = swarm.Read(0);
        swarm.Post(new TorrentEvent.PeersFound(DialedWorld.BlackHoles(300)));
        world.For(TimeSpan.FromSeconds(later));
        swarm.Post(new TorrentEvent.PeersFound([world.Seed(1)]));

        Assert.NotNull(world.Until(() => wish.Granted.IsCompletedSuccessfully, Second));
        swarm.Close();
    }

    [Fact]
    public void A_magnet_with_300_dead_peers_and_a_good_one_last_reaches_it_within_a_second()
    {
        var swarm = new SimulatedSwarm(seed: 1, isMagnet: true);
        var world = new DialedWorld(swarm);
        swarm.Post(new TorrentEvent.PeersFound([.. DialedWorld.BlackHoles(300), world.Seed(1)]));

        Assert.NotNull(world.Until(() => world.Reached.Count == 1, Second));
        swarm.Close();
    }

    [Fact]
    public void A_peer_that_needs_two_seconds_to_answer_is_reached_though_hundreds_are_tried_before_it()
    {
        var swarm = Swarm();
        var world = new DialedWorld(swarm);
        var slow = world.Seed(1, new PeerBehaviour { RoundTrip = TimeSpan.FromSeconds(1) });
        swarm.Read(0);
        swarm.Post(new TorrentEvent.PeersFound([.. DialedWorld.BlackHoles(400), slow]));
        world.For(TimeSpan.FromSeconds(30));

        // The call that reached it had patience, whether or not one before it was cut short to make room.
        Assert.Equal(PeerLimits.ConnectTimeout, PatienceWith(swarm, slow).Last());
        Assert.Single(world.Reached, peer => peer.Address.Equals(slow));
        swarm.Close();
    }

    [Fact]
    public void In_the_long_run_25_dials_a_second_are_started_whoever_waits()
    {
        var swarm = Swarm();
        var world = new DialedWorld(swarm);
        swarm.Read(0);
        swarm.Post(new TorrentEvent.PeersFound(DialedWorld.BlackHoles(PeerBook.MaxKnown)));
        world.For(TimeSpan.FromSeconds(40));

        Assert.InRange(swarm.Dialed.Count, PeerLimits.DialBurst + (PeerLimits.DialRate * 38), PeerLimits.DialBurst + (PeerLimits.DialRate * 40));
        Assert.InRange(world.MostUnderWay, 1, PeerLimits.HalfOpen);
        swarm.Close();
    }

    [Fact]
    public void While_nobody_waits_thirty_dials_are_under_way_and_each_is_given_its_time()
    {
        var swarm = Swarm();
        var world = new DialedWorld(swarm);
        swarm.Post(new TorrentEvent.PeersFound(DialedWorld.BlackHoles(400)));
        world.For(TimeSpan.FromSeconds(12));

        Assert.Equal(PeerLimits.DialsAtOnce, world.MostUnderWay);
        Assert.Equal([PeerLimits.ConnectTimeout], swarm.Patience.Distinct());
        swarm.Close();
    }

    [Fact]
    public void A_caller_is_called_back_at_the_port_on_which_it_listens()
    {
        var swarm = Swarm();
        var caller = swarm.Connect(new PeerBehaviour());
        caller.Say(new ExtensionHandshake { ListenPort = 7000 }.ToMessage());
        var listens = new IPEndPoint(caller.Address.Address, 7000);
        swarm.Post(new TorrentEvent.PeersFound([listens]));
        swarm.For(Second);
        Assert.Empty(swarm.Dialed);

        caller.Close("gone");
        swarm.For(TimeSpan.FromSeconds(40));
        Assert.Equal([listens], swarm.Dialed);
        swarm.Close();
    }

    private static SimulatedSwarm Swarm() => new(seed: 1, pieceLength: TorrentLayout.BlockLength);

    private static IEnumerable<TimeSpan> PatienceWith(SimulatedSwarm swarm, IPEndPoint address) =>
        swarm.Dialed.Zip(swarm.Patience).Where(dial => dial.First.Equals(address)).Select(dial => dial.Second);
}
