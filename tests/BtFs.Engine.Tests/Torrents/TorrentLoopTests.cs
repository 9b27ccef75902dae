using BtFs.Engine.Layout;
using BtFs.Engine.Picking;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Peer;
using BtFs.Testing.Swarms;

namespace BtFs.Engine.Tests.Torrents;

public class TorrentLoopTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_reader_of_a_missing_piece_sleeps_until_that_piece_is_verified()
    {
        var swarm = new SimulatedSwarm(seed: 1);
        swarm.Join(new PeerBehaviour());

        var wish = swarm.Read(3);
        swarm.For(TimeSpan.FromMilliseconds(200));
        Assert.False(wish.Granted.IsCompleted);

        Assert.NotNull(swarm.Until(() => wish.Granted.IsCompletedSuccessfully, Soon));
        Assert.True(swarm.IsRight(new PieceIndex(3)));
    }

    [Fact]
    public void Nothing_is_fetched_that_nobody_reads()
    {
        var swarm = new SimulatedSwarm(seed: 2);
        var peer = swarm.Join(new PeerBehaviour());

        swarm.For(TimeSpan.FromSeconds(30));
        Assert.Empty(peer.Asked);

        var wish = swarm.Read(5);
        swarm.Until(() => wish.Granted.IsCompleted, Soon);
        swarm.For(TimeSpan.FromSeconds(5));
        Assert.Equal(16, peer.Asked.Count);
        Assert.All(peer.Asked, block => Assert.Equal(5, block.Piece.Value));
    }

    [Fact]
    public void A_waited_for_piece_is_asked_for_in_the_turn_in_which_the_read_comes()
    {
        var swarm = new SimulatedSwarm(seed: 3);
        var peer = swarm.Join(new PeerBehaviour());
        swarm.For(TimeSpan.FromMilliseconds(50));

        var before = swarm.Now;
        swarm.Read(0);
        swarm.Until(() => peer.Asked.Count > 0, Soon);

        Assert.Equal(before, swarm.Now);
    }

    [Fact]
    public void One_piece_is_spread_over_every_peer_so_that_it_comes_as_fast_as_all_of_them_together()
    {
        var swarm = new SimulatedSwarm(seed: 4, pieceLength: 1 << 20, length: 16 << 20);
        for (var i = 0; i < 10; i++)
        {
            swarm.Join(new PeerBehaviour { Rate = 500_000 });
        }

        // The first reads teach the rates.
        for (var i = 0; i < 4; i++)
        {
            var lesson = swarm.Read(i);
            swarm.Until(() => lesson.Granted.IsCompleted, Soon);
        }

        var wish = swarm.Read(9);
        var took = swarm.Until(() => wish.Granted.IsCompleted, Soon);

        // 1 MiB over ten peers of 500 kB/s is 0.21 s, and a round trip of 0.05 s.
        Assert.InRange(took!.Value.TotalSeconds, 0.2, 0.35);
    }

    [Fact]
    public void A_silent_peer_does_not_hold_up_the_first_read_when_others_have_the_piece()
    {
        var swarm = new SimulatedSwarm(seed: 5);
        swarm.Join(new PeerBehaviour { IsSilent = true, RoundTrip = TimeSpan.FromMilliseconds(1) });
        for (var i = 0; i < 5; i++)
        {
            swarm.Join(new PeerBehaviour());
        }

        var wish = swarm.Read(0);
        var took = swarm.Until(() => wish.Granted.IsCompleted, Soon);

        Assert.True(took < TimeSpan.FromSeconds(1), $"took {took}");
    }

    [Fact]
    public void A_read_is_served_though_its_peer_leaves_halfway()
    {
        var swarm = new SimulatedSwarm(seed: 6);
        var leaving = swarm.Join(new PeerBehaviour());
        swarm.Join(new PeerBehaviour { Rate = 50_000 });

        var wish = swarm.Read(0);
        swarm.For(TimeSpan.FromMilliseconds(150));
        leaving.Close("gone");

        Assert.NotNull(swarm.Until(() => wish.Granted.IsCompletedSuccessfully, Soon));
        Assert.True(swarm.IsRight(new PieceIndex(0)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_choke_in_the_middle_loses_no_block_and_asks_for_none_twice(bool fast)
    {
        var swarm = new SimulatedSwarm(seed: 7);
        var peer = swarm.Join(new PeerBehaviour { Fast = fast });

        var wish = swarm.Read(0);
        swarm.For(TimeSpan.FromMilliseconds(200));
        peer.Choke();
        swarm.For(TimeSpan.FromSeconds(1));
        peer.Unchoke();

        Assert.NotNull(swarm.Until(() => wish.Granted.IsCompletedSuccessfully, Soon));
    }

    [Fact]
    public void A_peer_that_refuses_everything_is_asked_rarely_and_then_let_go()
    {
        var swarm = new SimulatedSwarm(seed: 8);
        var refuser = swarm.Join(new PeerBehaviour { RefusesAll = true });

        swarm.Read(0);
        swarm.For(TimeSpan.FromSeconds(2));
        Assert.InRange(refuser.Asked.Count, 1, 3 * 16);

        swarm.For(TimeSpan.FromSeconds(10));
        Assert.Equal("refuses what it offers", refuser.ClosedBecause);
    }

    [Fact]
    public void An_interrupted_reader_leaves_no_request_behind()
    {
        var swarm = new SimulatedSwarm(seed: 9);
        var peer = swarm.Join(new PeerBehaviour { Rate = 10_000 });

        var wish = swarm.Read(0);
        swarm.For(TimeSpan.FromMilliseconds(100));
        swarm.Post(new TorrentEvent.ReadLeft(wish));

        // The block in hand comes all the same: it takes 1.6 s.
        swarm.For(TimeSpan.FromSeconds(2));

        Assert.Equal(16, peer.Cancelled);
        Assert.True(swarm.Loop.Peers[0].Requests.IsEmpty);
        Assert.False(swarm.Loop.Peers[0].Speed.IsSilent(swarm.Now), "A peer that owes nothing counts as silent.");
        swarm.Close();
    }

    [Fact]
    public void A_reader_that_comes_back_is_served_though_the_peer_never_answers_a_cancel()
    {
        var swarm = new SimulatedSwarm(seed: 90);
        var peer = swarm.Join(new PeerBehaviour { Rate = 10_000, SwallowsCancels = true });
        var interrupted = swarm.Read(0);
        swarm.For(TimeSpan.FromMilliseconds(100));
        swarm.Post(new TorrentEvent.ReadLeft(interrupted));
        swarm.For(TimeSpan.FromMilliseconds(100));

        var again = swarm.Read(0);

        // 256 KiB at 10 kB/s are 26 s, and what was cancelled is asked for again within six.
        Assert.NotNull(swarm.Until(() => again.Granted.IsCompletedSuccessfully, TimeSpan.FromSeconds(35)));
        Assert.Null(peer.ClosedBecause);
    }

    [Fact]
    public void A_peer_that_never_answered_a_cancel_gets_no_more_of_them()
    {
        var swarm = new SimulatedSwarm(seed: 91);
        var peer = swarm.Join(new PeerBehaviour { Rate = 10_000, SwallowsCancels = true });
        foreach (var piece in (int[])[0, 1])
        {
            var wish = swarm.Read(piece);
            swarm.For(TimeSpan.FromMilliseconds(100));
            swarm.Post(new TorrentEvent.ReadLeft(wish));
            swarm.For(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(16, peer.Cancelled);
    }

    [Fact]
    public void A_piece_that_is_lost_is_fetched_again_and_peers_are_told()
    {
        var swarm = new SimulatedSwarm(seed: 10);
        var peer = swarm.Join(new PeerBehaviour());
        var first = swarm.Read(2);
        swarm.Until(() => first.Granted.IsCompleted, Soon);

        swarm.Store.Evict(new PieceIndex(2));
        swarm.For(TimeSpan.FromMilliseconds(20));
        Assert.Equal(0, swarm.Parts.Pieces.HaveCount);

        var again = swarm.Read(2);
        Assert.NotNull(swarm.Until(() => again.Granted.IsCompletedSuccessfully, Soon));
        Assert.Equal(32, peer.Asked.Count);
    }

    [Fact]
    public void A_read_that_nobody_can_answer_fails_after_the_timeout_and_not_before()
    {
        var swarm = new SimulatedSwarm(seed: 11, readTimeout: TimeSpan.FromSeconds(120));
        var wish = swarm.Read(0);

        swarm.For(TimeSpan.FromSeconds(119));
        Assert.False(wish.Granted.IsCompleted);

        swarm.For(TimeSpan.FromSeconds(2));
        Assert.IsType<ContentUnavailableException>(wish.Granted.Exception!.InnerException);
        Assert.True(swarm.Searches > 0, "The trackers were never asked.");
    }

    [Fact]
    public void A_read_goes_on_waiting_while_a_connected_peer_has_the_piece()
    {
        var swarm = new SimulatedSwarm(seed: 12, readTimeout: TimeSpan.FromSeconds(10));
        var peer = swarm.Join(new PeerBehaviour());
        swarm.For(TimeSpan.FromMilliseconds(20));
        peer.Choke();

        var wish = swarm.Read(0);
        swarm.For(TimeSpan.FromSeconds(60));
        Assert.False(wish.Granted.IsCompleted);

        peer.Unchoke();
        Assert.NotNull(swarm.Until(() => wish.Granted.IsCompletedSuccessfully, Soon));
    }

    [Fact]
    public void When_reads_are_ended_the_waiting_fail_at_once_and_so_do_later_ones()
    {
        var swarm = new SimulatedSwarm(seed: 13);
        var early = swarm.Read(0);
        swarm.Post(new TorrentEvent.ReadsEnded());
        var late = swarm.Read(1);
        swarm.For(TimeSpan.FromMilliseconds(1));

        Assert.True(early.Granted.IsFaulted);
        Assert.True(late.Granted.IsFaulted);
    }

    [Fact]
    public void A_reader_that_goes_on_reading_has_the_next_pieces_on_their_way_but_no_more_than_its_window()
    {
        var swarm = new SimulatedSwarm(seed: 14);
        var peer = swarm.Join(new PeerBehaviour { Rate = 5_000_000 });
        var window = new ReadWindow(0, 3 * 256 * 1024, 1_000_000);

        swarm.Post(new TorrentEvent.WindowsMoved(new object(), [window]));
        swarm.For(TimeSpan.FromSeconds(5));

        Assert.Equal([0, 1, 2], peer.Asked.Select(block => block.Piece.Value).Distinct().Order());
        Assert.Equal(3, swarm.Parts.Pieces.HaveCount);
    }

    [Fact]
    public void A_waiting_reader_comes_before_what_is_read_ahead()
    {
        var swarm = new SimulatedSwarm(seed: 15, length: 16 << 20);
        var peer = swarm.Join(new PeerBehaviour { Rate = 1_000_000 });
        swarm.Post(new TorrentEvent.WindowsMoved(new object(), [new ReadWindow(0, 8 << 20, 1_000_000)]));
        swarm.For(TimeSpan.FromSeconds(2));

        var wish = swarm.Read(60);
        var took = swarm.Until(() => wish.Granted.IsCompleted, Soon);

        // The piece itself is 0.26 s; the depth kept for read-ahead stands before it, and no more.
        Assert.True(took < TimeSpan.FromSeconds(0.85), $"took {took}");
        Assert.Contains(peer.Asked, block => block.Piece.Value == 60);
    }

    [Fact]
    public void A_peer_that_says_something_impossible_is_sent_away_and_nobody_else()
    {
        var swarm = new SimulatedSwarm(seed: 16);
        var honest = swarm.Join(new PeerBehaviour());
        var liar = swarm.Join(new PeerBehaviour { Pieces = [] });
        swarm.For(TimeSpan.FromMilliseconds(20));

        swarm.Post(new TorrentEvent.MessageReceived(liar, new PeerMessage.Have(1_000_000)));
        swarm.For(TimeSpan.FromMilliseconds(20));

        Assert.NotNull(liar.ClosedBecause);
        Assert.Null(honest.ClosedBecause);
    }
}
