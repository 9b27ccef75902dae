using BtFs.Engine.Torrents;
using BtFs.Protocol.Peer;
using BtFs.Testing.Swarms;

namespace BtFs.Engine.Tests.Torrents;

/// <summary>A full swarm of peers that give nothing makes room for those who may.</summary>
public class ThinningTests
{
    private const int Full = 8;

    [Fact]
    public void Peers_that_have_given_nothing_for_a_minute_make_room_while_a_reader_waits()
    {
        var swarm = new SimulatedSwarm(seed: 1, maxPeers: Full);
        var world = new DialedWorld(swarm);
        for (var i = 0; i < Full; i++)
        {
            swarm.Connect(new PeerBehaviour()).Say(new PeerMessage.HaveAll());
        }

        var wish = swarm.Read(0);
        swarm.Post(new TorrentEvent.PeersFound([world.Seed(1)]));
        world.For(TimeSpan.FromSeconds(50));
        Assert.Equal(Full, swarm.Loop.Peers.Count);

        Assert.NotNull(world.Until(() => wish.Granted.IsCompletedSuccessfully, TimeSpan.FromSeconds(20)));
        swarm.Close();
    }

    [Fact]
    public void Whoever_serves_stays_and_so_do_all_while_nobody_else_could_be_tried()
    {
        var swarm = new SimulatedSwarm(seed: 2, readTimeout: TimeSpan.FromHours(1), maxPeers: Full);
        var world = new DialedWorld(swarm);
        var serves = swarm.Join(new PeerBehaviour { Pieces = [0] });
        var chokes = Enumerable.Range(1, Full - 1).Select(_ => swarm.Connect(new PeerBehaviour())).ToList();
        swarm.Read(5);
        world.For(TimeSpan.FromMinutes(3));
        Assert.All(chokes, peer => Assert.Null(peer.ClosedBecause));

        swarm.Post(new TorrentEvent.PeersFound(DialedWorld.BlackHoles(20)));
        world.For(TimeSpan.FromMinutes(1));
        Assert.Contains(chokes, peer => peer.ClosedBecause is not null);
        Assert.Null(serves.ClosedBecause);
        swarm.Close();
    }

    [Fact]
    public void Without_a_reader_nobody_is_sent_away()
    {
        var swarm = new SimulatedSwarm(seed: 3, maxPeers: Full);
        var peers = Enumerable.Range(0, Full).Select(_ => swarm.Connect(new PeerBehaviour())).ToList();
        swarm.Post(new TorrentEvent.PeersFound(DialedWorld.BlackHoles(20)));
        swarm.For(TimeSpan.FromMinutes(3));

        Assert.All(peers, peer => Assert.Null(peer.ClosedBecause));
        swarm.Close();
    }

    [Fact]
    public void Once_everything_is_here_seeds_make_room_for_those_who_need_something()
    {
        var swarm = new SimulatedSwarm(seed: 4, pieceLength: 64 * 1024, length: 256 * 1024, maxPeers: Full);
        var seeds = Enumerable.Range(1, Full - 1).Select(_ => swarm.Join(new PeerBehaviour())).ToList();
        var leecher = swarm.Join(new PeerBehaviour { Pieces = [] });
        var wish = swarm.Read(0, 3);
        Assert.NotNull(swarm.Until(() => wish.Granted.IsCompletedSuccessfully, TimeSpan.FromSeconds(20)));
        swarm.For(TimeSpan.FromSeconds(10));

        Assert.All(seeds, peer => Assert.NotNull(peer.ClosedBecause));
        Assert.Null(leecher.ClosedBecause);
        swarm.Close();
    }
}
