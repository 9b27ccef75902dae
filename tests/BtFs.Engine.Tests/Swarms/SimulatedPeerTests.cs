using BtFs.Engine.Layout;
using BtFs.Engine.Picking;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Peer;
using BtFs.Testing.Swarms;

namespace BtFs.Engine.Tests.Swarms;

/// <summary>The rig itself: what a simulated peer does is what the numbers of its behaviour say.</summary>
public class SimulatedPeerTests
{
    private const int PieceLength = 1 << 20;

    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(5);

    [Fact]
    public void A_lone_peer_delivers_a_piece_in_a_round_trip_and_what_its_rate_takes()
    {
        var swarm = Swarm(new SwarmShape());
        swarm.Join(new PeerBehaviour { Rate = 1_000_000, RoundTrip = TimeSpan.FromMilliseconds(100) });
        var wish = swarm.Read(0);
        var took = swarm.Until(() => wish.Granted.IsCompleted, Soon);

        Assert.InRange(took!.Value.TotalSeconds, 0.1 + (PieceLength / 1e6), 0.11 + (PieceLength / 1e6));
        swarm.Close();
    }

    [Fact]
    public void Peers_together_deliver_their_rates_and_no_more()
    {
        var swarm = Swarm(new SwarmShape());
        for (var i = 0; i < 4; i++)
        {
            swarm.Join(new PeerBehaviour { Rate = 250_000 });
        }

        WantAll(swarm);
        swarm.For(TimeSpan.FromSeconds(2));
        var before = swarm.Counts.UsefulBytes;
        swarm.For(TimeSpan.FromSeconds(10));

        Assert.InRange((swarm.Counts.UsefulBytes - before) / 10.0, 970_000, 1_010_000);
        swarm.Close();
    }

    [Fact]
    public void A_cancelled_request_is_refused_unless_it_was_written_already()
    {
        var cancellable = Cancelled(OutputBuffer.Libtorrent);
        Assert.Equal(64, cancellable.Sent + cancellable.Refused);

        // Half a second of 500 kB/s is 16 blocks.
        Assert.InRange(cancellable.Sent, 15, 20);

        // Fifteen seconds of it are more than was asked for.
        Assert.Equal((64, 0), Cancelled(OutputBuffer.Transmission));
        Assert.Equal((64, 0), Cancelled(OutputBuffer.Endless));
    }

    [Fact]
    public void Blocks_come_in_the_order_asked_for_or_in_any()
    {
        Assert.Equal(Enumerable.Range(0, 64), Arrivals(ServiceOrder.Fifo));
        Assert.NotEqual(Enumerable.Range(0, 64), Arrivals(ServiceOrder.Random));
        Assert.Equal(Enumerable.Range(0, 64), Arrivals(ServiceOrder.Random).Order());
    }

    [Fact]
    public void A_peer_stalls_as_often_as_stated_and_everything_waits_as_long()
    {
        var swarm = Swarm(new SwarmShape { Seed = 3 });
        var peer = swarm.Join(new PeerBehaviour { Rate = 2_000_000, StallShare = 0.02, StallFor = TimeSpan.FromSeconds(0.5) });
        WantAll(swarm);
        swarm.For(TimeSpan.FromSeconds(120));

        // Without stalls it would be 14,648 blocks; each costs 8.2 ms and, on average, 10 ms of stall.
        var expected = 120 / (0.0082 + 0.01);
        Assert.InRange(swarm.Counts.Blocks, 0.85 * expected, 1.15 * expected);
        Assert.InRange((double)peer.Stalls / swarm.Counts.Blocks, 0.017, 0.023);
        swarm.Close();
    }

    [Fact]
    public void A_peer_that_stalls_by_the_clock_gives_less_by_that_share()
    {
        var swarm = Swarm(new SwarmShape { Seed = 4, Prefetch = PrefetchPolicy.All });
        var peer = swarm.Join(new PeerBehaviour { Rate = 1_000_000, StallEvery = TimeSpan.FromSeconds(4), StallFor = TimeSpan.FromSeconds(1) });
        swarm.For(TimeSpan.FromSeconds(200));

        Assert.InRange(peer.Stalls, 30, 50);
        Assert.InRange(swarm.Counts.UsefulBytes / 200e6, 0.72, 0.88);
        swarm.Close();
    }

    [Fact]
    public void A_leecher_unchokes_us_for_about_the_share_of_rounds_that_its_slots_allow()
    {
        var swarm = Swarm(new SwarmShape { Seed = 5 });
        var rounds = new ChokingRounds { Slots = 2, Rivals = 3, OptimisticTurn = TimeSpan.FromSeconds(10) };
        var peers = Enumerable.Range(0, 20).Select(_ => swarm.Join(new PeerBehaviour { Choking = rounds })).ToList();
        var open = 0;
        for (var i = 0; i < 40; i++)
        {
            swarm.For(TimeSpan.FromSeconds(10));
            open += peers.Count(peer => !peer.Chokes);
        }

        // Two of four for what they give, and one of the other two by turns.
        Assert.InRange(open / 800.0, 0.7, 0.8);
        swarm.Close();
    }

    [Fact]
    public void What_a_choke_voids_is_refused_and_comes_after_the_next_unchoke()
    {
        var swarm = Swarm(new SwarmShape());
        var peer = swarm.Join(new PeerBehaviour());
        var wish = swarm.Read(0);
        swarm.For(TimeSpan.FromSeconds(0.5));
        peer.Choke();
        swarm.For(TimeSpan.FromSeconds(5));
        var during = swarm.Counts.Blocks;
        Assert.InRange(during, 16, 40);
        Assert.Equal(64, during + swarm.Counts.Rejects);
        Assert.False(wish.Granted.IsCompleted);

        peer.Unchoke();
        Assert.NotNull(swarm.Until(() => wish.Granted.IsCompletedSuccessfully, Soon));
        swarm.Close();
    }

    [Fact]
    public void A_corrupt_block_is_told_from_a_true_one()
    {
        var swarm = Swarm(new SwarmShape());
        swarm.Join(new PeerBehaviour { Corruption = 0.01, Rate = 10_000_000 });
        var wish = swarm.Read(0);
        swarm.For(TimeSpan.FromSeconds(10));

        Assert.True(wish.Granted.IsCompleted ? swarm.IsRight(new PieceIndex(0)) : swarm.Peers[0].ClosedBecause is not null);
        swarm.Close();
    }

    private static SimulatedSwarm Swarm(SwarmShape shape) =>
        new(shape with { PieceLength = PieceLength, FileLengths = [400L * PieceLength], KeepsBytes = false });

    private static void WantAll(SimulatedSwarm swarm) =>
        swarm.Post(new TorrentEvent.WindowsMoved(swarm, [new ReadWindow(0, swarm.Layout.TotalLength, 1, IsHurried: true)]));

    private static (int Sent, int Refused) Cancelled(OutputBuffer output)
    {
        var swarm = Swarm(new SwarmShape());
        swarm.Join(new PeerBehaviour { Output = output });
        var wish = swarm.Read(0);
        swarm.For(TimeSpan.FromSeconds(0.1));
        swarm.Post(new TorrentEvent.ReadLeft(wish));
        swarm.For(TimeSpan.FromSeconds(10));
        swarm.Close();
        return ((int)swarm.Counts.Blocks, (int)swarm.Counts.Rejects);
    }

    private static List<int> Arrivals(ServiceOrder order)
    {
        var swarm = Swarm(new SwarmShape());
        var arrivals = new List<int>();
        swarm.BlockArrived = block => arrivals.Add(block.Number);
        swarm.Join(new PeerBehaviour { Order = order });
        var wish = swarm.Read(0);
        swarm.Until(() => wish.Granted.IsCompleted, Soon);
        swarm.Close();
        return arrivals;
    }
}
