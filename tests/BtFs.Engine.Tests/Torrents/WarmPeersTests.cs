using BtFs.Engine.Layout;
using BtFs.Engine.Picking;
using BtFs.Engine.Torrents;
using BtFs.Testing.Swarms;

namespace BtFs.Engine.Tests.Torrents;

/// <summary>Peers hang up on whoever asks for nothing for a minute, as libtorrent's seeds do.</summary>
public class WarmPeersTests
{
    private const int PieceLength = 1 << 20;
    private const int Block = TorrentLayout.BlockLength;
    private static readonly TimeSpan HangsUpAfter = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public void After_ten_idle_minutes_a_read_is_as_fast_as_the_first_one()
    {
        var swarm = Swarm();
        var peers = Join(swarm, 6);
        var first = Read(swarm, 40);
        swarm.For(WarmPeers.UseLasts - TimeSpan.FromSeconds(10));

        Assert.All(peers, peer => Assert.Null(peer.ClosedBecause));
        Assert.InRange(Read(swarm, 100), TimeSpan.Zero, first);
        swarm.Close();
    }

    [Fact]
    public void What_keeps_peers_warm_is_little_and_makes_whole_pieces_after_what_was_read()
    {
        var swarm = Swarm();
        var peers = Join(swarm, 20);
        Read(swarm, 40);
        var before = peers.Sum(peer => peer.Asked.Count);
        swarm.For(TimeSpan.FromMinutes(9));

        var asked = peers.Sum(peer => peer.Asked.Count) - before;
        Assert.InRange(asked, 1, WarmPeers.Count * (9 * 60 / 40));
        Assert.Equal(WarmPeers.Count, peers.Count(peer => peer.ClosedBecause is null));
        var here = swarm.Pieces.Where(piece => swarm.Parts.Pieces.Has(piece)).Select(piece => piece.Value).ToList();
        Assert.Equal(Enumerable.Range(40, 1 + (asked * Block / PieceLength)), here);
        Assert.All(here, piece => Assert.True(swarm.IsRight(new PieceIndex(piece))));
        swarm.Close();
    }

    [Fact]
    public void A_torrent_that_nobody_reads_is_left_alone()
    {
        var swarm = Swarm();
        var peers = Join(swarm, 3);
        swarm.For(TimeSpan.FromMinutes(5));

        Assert.All(peers, peer => Assert.Empty(peer.Asked));
        swarm.Close();
    }

    [Fact]
    public void Ten_minutes_after_the_last_read_peers_are_let_go_unless_a_file_is_still_open()
    {
        var swarm = Swarm();
        var peers = Join(swarm, 3);
        var handle = new object();
        swarm.Post(new TorrentEvent.WindowsMoved(handle, [new ReadWindow(0, PieceLength, 1_000_000)]));
        swarm.For(TimeSpan.FromMinutes(25));
        Assert.All(peers, peer => Assert.Null(peer.ClosedBecause));

        swarm.Post(new TorrentEvent.WindowsMoved(handle, []));
        swarm.For(TimeSpan.FromMinutes(12));
        Assert.All(peers, peer => Assert.NotNull(peer.ClosedBecause));
        swarm.Close();
    }

    [Fact]
    public void Once_everything_is_here_nothing_more_is_asked()
    {
        var swarm = new SimulatedSwarm(seed: 5, pieceLength: 64 * 1024, length: 256 * 1024);
        var peers = Join(swarm, 3);
        foreach (var piece in swarm.Pieces)
        {
            Read(swarm, piece.Value);
        }

        var asked = peers.Sum(peer => peer.Asked.Count);
        swarm.For(TimeSpan.FromMinutes(5));

        Assert.Equal(asked, peers.Sum(peer => peer.Asked.Count));
        swarm.Close();
    }

    private static SimulatedSwarm Swarm() => new(seed: 3, PieceLength, length: 200L * PieceLength);

    private static TimeSpan Read(SimulatedSwarm swarm, int piece)
    {
        var wish = swarm.Read(piece);
        var took = swarm.Until(() => wish.Granted.IsCompletedSuccessfully, Soon);
        Assert.NotNull(took);
        return took.Value;
    }

    private static List<SimulatedPeer> Join(SimulatedSwarm swarm, int count)
    {
        var peers = new List<SimulatedPeer>();
        for (var i = 0; i < count; i++)
        {
            var peer = swarm.Join(new PeerBehaviour());
            peers.Add(peer);
            HangUpWhenIdle(swarm, peer, asked: 0, since: swarm.Now);
        }

        return peers;
    }

    private static void HangUpWhenIdle(SimulatedSwarm swarm, SimulatedPeer peer, int asked, TimeSpan since)
    {
        if (peer.Asked.Count > asked)
        {
            (asked, since) = (peer.Asked.Count, swarm.Now);
        }
        else if (swarm.Now - since >= HangsUpAfter)
        {
            peer.Close("asks for nothing");
            return;
        }

        swarm.After(TimeSpan.FromSeconds(1), () => HangUpWhenIdle(swarm, peer, asked, since));
    }
}
