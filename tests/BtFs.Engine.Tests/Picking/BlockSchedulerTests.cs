using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Picking;
using BtFs.Engine.Tests.Peers;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Tests.Picking;

public sealed class BlockSchedulerTests : IDisposable
{
    private const int Block = TorrentLayout.BlockLength;
    private static readonly TorrentLayout Layout = new(16 * Block, [64L * Block]);
    private readonly SharedBufferPool _buffers = new();
    private readonly PartialPiece _piece;
    private TimeSpan _now = TimeSpan.FromSeconds(100);

    public BlockSchedulerTests() => _piece = new PartialPieces(Layout, _buffers).Open(new PieceIndex(0), TimeSpan.Zero);

    public void Dispose() => _buffers.Dispose();

    [Fact]
    public void A_piece_is_spread_in_proportion_to_what_each_peer_can_give()
    {
        var (slow, fast) = (Measured(1, 300_000), Measured(2, 900_000));
        Spread(isWaiting: true, slow, fast);

        Assert.Equal(16, slow.Requests.Count + fast.Requests.Count);
        Assert.InRange(fast.Requests.Count, 11, 13);
        Assert.Equal(0, _piece.Unasked);
    }

    [Fact]
    public void Read_ahead_takes_only_the_room_that_a_peers_depth_leaves()
    {
        var stranger = SomePeer.Seed(1, Layout.PieceCount);
        Spread(isWaiting: false, stranger);

        Assert.Equal(stranger.Speed.Depth(Peer.Allowance), stranger.Requests.Count);
        Assert.True(_piece.Unasked > 0);
    }

    [Fact]
    public void A_peer_is_asked_for_no_more_than_it_allows()
    {
        var peer = SomePeer.Seed(1, Layout.PieceCount);
        peer.RequestLimit = 5;
        Spread(isWaiting: true, peer);

        Assert.Equal(5, peer.Requests.Count);
    }

    [Fact]
    public void Peers_that_choke_lack_the_piece_refused_it_or_are_leaving_are_not_asked()
    {
        var chokes = SomePeer.Seed(1, Layout.PieceCount);
        chokes.ChokesUs = true;
        var lacks = SomePeer.Stranger(2);
        lacks.Pieces.Settle(Layout.PieceCount);
        lacks.ChokesUs = false;
        var refused = SomePeer.Seed(3, Layout.PieceCount);
        refused.Refused.Add(0);
        var leaving = SomePeer.Seed(4, Layout.PieceCount);
        leaving.Close("enough");
        Spread(isWaiting: true, chokes, lacks, refused, leaving);

        Assert.Equal(16, _piece.Unasked);
    }

    [Fact]
    public void A_piece_granted_while_choking_is_asked_for()
    {
        var peer = SomePeer.Seed(1, Layout.PieceCount);
        peer.ChokesUs = true;
        peer.AllowedFast.Add(0);
        Spread(isWaiting: true, peer);

        Assert.Equal(16, peer.Requests.Count);
    }

    [Fact]
    public void A_suspect_is_asked_only_where_nobody_better_has_the_piece_and_then_for_all_of_it()
    {
        var (suspect, other) = (SomePeer.Seed(1, Layout.PieceCount), SomePeer.Seed(2, Layout.PieceCount));
        suspect.IsSuspect = true;
        Spread(isWaiting: true, suspect, other);
        Assert.Equal(0, suspect.Requests.Count);

        _piece.CancelAll();
        other.IsSuspect = true;
        Spread(isWaiting: true, suspect);
        Assert.Same(suspect, _piece.OnlyFrom);
        Spread(isWaiting: true, suspect, other);
        Assert.Equal(16, suspect.Requests.Count);
    }

    [Fact]
    public void Blocks_owed_by_a_silent_peer_are_asked_of_a_second_one_and_each_once()
    {
        var (silent, lively) = (SomePeer.Seed(1, Layout.PieceCount), Measured(2, 1_000_000));
        Spread(isWaiting: true, silent);
        _now += TimeSpan.FromSeconds(2);
        Assert.Equal(BlockScheduler.MaxDuplicates - 16, Hedge(silent, lively));
        Assert.Equal(16, lively.Requests.Count);

        // What is asked for twice already counts against the budget, so a second look asks for no more.
        Assert.Equal(BlockScheduler.MaxDuplicates - 16, Hedge(silent, lively));
        Assert.Equal(16, lively.Requests.Count);
    }

    [Fact]
    public void Hedging_stays_within_its_budget()
    {
        var (silent, lively) = (SomePeer.Seed(1, Layout.PieceCount), Measured(2, 1_000_000));
        Spread(isWaiting: true, silent);
        _now += TimeSpan.FromSeconds(2);

        Assert.Equal(0, BlockScheduler.Hedge(_piece, [silent, lively], budget: 5, _now));
        Assert.Equal(5, lively.Requests.Count);
    }

    [Fact]
    public void The_last_blocks_may_be_asked_of_three_peers_but_never_of_four()
    {
        var first = SomePeer.Seed(1, Layout.PieceCount);
        for (var block = 0; block < 15; block++)
        {
            _piece.Arrived(block, first, _now);
        }

        Peer[] peers = [first, .. Enumerable.Range(2, 5).Select(i => SomePeer.Seed(i, Layout.PieceCount))];
        Spread(isWaiting: true, first);
        for (var i = 0; i < 6; i++)
        {
            _now += TimeSpan.FromSeconds(2);
            Hedge(peers);
        }

        Assert.Equal(PartialPiece.MaxCopies, _piece.OwnersOf(15).Length);
    }

    private void Spread(bool isWaiting, params Peer[] peers) => BlockScheduler.Spread(_piece, peers, isWaiting, _now);

    private int Hedge(params Peer[] peers) => BlockScheduler.Hedge(_piece, peers, BlockScheduler.MaxDuplicates, _now);

    /// <summary>A peer whose rate has been seen.</summary>
    private static Peer Measured(int number, int rate)
    {
        var peer = SomePeer.Seed(number, Layout.PieceCount);
        var each = TimeSpan.FromSeconds((double)Block / rate);
        peer.Speed.Asked(TimeSpan.Zero, wasIdle: true);
        for (var i = 1; i <= 100; i++)
        {
            peer.Speed.Answered(each * i, Block, isIdle: i == 100);
        }

        return peer;
    }
}
