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
    private readonly PiecesUnderWay _pieces;
    private readonly PartialPiece _piece;
    private readonly BlockScheduler _scheduler = new();
    private readonly HedgeBudget _budget = new();
    private TimeSpan _now = TimeSpan.FromSeconds(100);

    public BlockSchedulerTests()
    {
        _pieces = new PiecesUnderWay(Layout, _buffers);
        _piece = _pieces.Open(0);
    }

    public void Dispose() => _buffers.Dispose();

    [Fact]
    public void A_piece_is_spread_in_proportion_to_what_each_peer_can_give()
    {
        var (slow, fast) = (Measured(1, 300_000), Measured(2, 900_000));
        Spread(slow, fast);

        Assert.Equal(16, slow.Requests.Count + fast.Requests.Count);
        Assert.InRange(fast.Requests.Count, 11, 13);
        Assert.Equal(0, _piece.Unasked);
    }

    [Fact]
    public void A_peer_is_asked_for_no_more_than_it_allows()
    {
        var peer = SomePeer.Seed(1, Layout.PieceCount);
        peer.RequestLimit = 5;
        Spread(peer);

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
        Spread(chokes, lacks, refused, leaving);

        Assert.Equal(16, _piece.Unasked);
    }

    [Fact]
    public void A_piece_granted_while_choking_is_asked_for()
    {
        var peer = SomePeer.Seed(1, Layout.PieceCount);
        peer.ChokesUs = true;
        peer.AllowedFast.Add(0);
        Spread(peer);

        Assert.Equal(16, peer.Requests.Count);
    }

    [Fact]
    public void A_suspect_is_asked_only_where_nobody_better_has_the_piece_and_then_for_all_of_it()
    {
        var (suspect, other) = (SomePeer.Seed(1, Layout.PieceCount), SomePeer.Seed(2, Layout.PieceCount));
        suspect.IsSuspect = true;
        Spread(suspect, other);
        Assert.Equal(0, suspect.Requests.Count);

        _piece.CancelAll();
        other.IsSuspect = true;
        Spread(suspect);
        Assert.Same(suspect, _piece.OnlyFrom);
        Spread(suspect, other);
        Assert.Equal(16, suspect.Requests.Count);
    }

    [Fact]
    public void Blocks_owed_by_a_silent_peer_are_asked_of_a_second_one_and_each_once()
    {
        var (silent, lively) = (SomePeer.Seed(1, Layout.PieceCount), Measured(2, 1_000_000));
        Spread(silent);
        _now += TimeSpan.FromSeconds(2);
        Hedge(silent, lively);
        Assert.Equal(16, lively.Requests.Count);

        Hedge(silent, lively);
        Assert.Equal(16, lively.Requests.Count);
    }

    [Fact]
    public void A_piece_that_nobody_waits_for_is_hedged_only_out_of_what_the_link_has_to_spare()
    {
        var (silent, lively) = (SomePeer.Seed(1, Layout.PieceCount), Measured(2, 1_000_000));
        Spread(silent);
        _now += TimeSpan.FromSeconds(2);
        _scheduler.Hedge(_piece, [silent, lively], _budget, new HedgeNeed(IsWaiting: false, DueIn: 0, OnlySilent: false), _now);
        Assert.Equal(0, lively.Requests.Count);

        // A twentieth of what the link carries, for a second: five blocks and a bit.
        _budget.Earn(TimeSpan.Zero, linkRate: 0);
        _budget.Earn(TimeSpan.FromSeconds(1), linkRate: 105 * Block);
        _scheduler.Hedge(_piece, [silent, lively], _budget, new HedgeNeed(IsWaiting: false, DueIn: 0, OnlySilent: false), _now);
        Assert.Equal(5, lively.Requests.Count);
    }

    [Fact]
    public void A_peer_of_unknown_speed_gets_only_a_part_if_another_could_turn_out_to_be_quicker()
    {
        using var buffers = new SharedBufferPool();
        var layout = new TorrentLayout(256 * Block, [256L * Block]);
        var pieces = new PiecesUnderWay(layout, buffers);
        var piece = pieces.Open(0);
        Peer[] two = [SomePeer.Seed(1, 1), SomePeer.Seed(2, 1)];
        _scheduler.Spread(piece, two, areAll: true, _now);
        Assert.Equal(256 - 64, piece.Unasked);

        var only = SomePeer.Seed(3, 1);
        _scheduler.Spread(piece, [only], areAll: true, _now);
        Assert.Equal(0, piece.Unasked);
        pieces.GiveUpAll();
    }

    [Fact]
    public void What_was_asked_for_ahead_is_taken_back_where_a_reader_would_wait_behind_it()
    {
        var (heeds, ignores) = (Measured(1, 1_000_000), Measured(2, 1_000_000, fast: false));
        var reopened = new List<PieceIndex>();
        foreach (var peer in new[] { heeds, ignores })
        {
            foreach (var number in Enumerable.Range(1, 3))
            {
                var ahead = _pieces.Partials.TryGet(new PieceIndex(number), out var begun) ? begun : _pieces.Open(number);
                for (var block = 0; block < 16; block++)
                {
                    ahead.Ask(block, peer, isUrgent: false, _now);
                }
            }

            _scheduler.MakeWay(peer, _pieces.Partials, reopened);
        }

        // Half a second's worth is on its way whatever we say: 500 kB, 31 blocks.
        Assert.Equal(48 - 31, heeds.Wire().Cancelled.Count);
        Assert.Empty(ignores.Wire().Cancelled);
        _pieces.GiveUpAll();
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
        Spread(first);
        for (var i = 0; i < 6; i++)
        {
            _now += TimeSpan.FromSeconds(2);
            Hedge(peers);
        }

        Assert.Equal(PartialPiece.MaxCopies, _piece.OwnersOf(15).Length);
    }

    /// <summary>Two peers' copies of a block may come at once: who was second is heard of before who was first.</summary>
    [Fact]
    public void A_block_whose_copy_has_come_is_asked_of_nobody_while_the_news_of_the_first_is_on_its_way()
    {
        var (sender, other) = (SomePeer.Seed(1, Layout.PieceCount), Measured(2, 1_000_000));
        Spread(sender);
        foreach (var block in Enumerable.Range(0, 16))
        {
            sender.Answer(_piece.Block(block), _now);
        }

        _now += TimeSpan.FromSeconds(2);
        Hedge(sender, other);
        Assert.Equal(0, other.Requests.Count);
    }

    private void Spread(params Peer[] peers) => _scheduler.Spread(_piece, peers, areAll: true, _now);

    private void Hedge(params Peer[] peers)
    {
        _budget.BeginRound();
        _scheduler.Hedge(_piece, peers, _budget, new HedgeNeed(IsWaiting: true, DueIn: 0, OnlySilent: false), _now);
    }

    /// <summary>A peer whose rate has been seen.</summary>
    private static Peer Measured(int number, int rate, bool fast = true)
    {
        var peer = SomePeer.Seed(number, Layout.PieceCount, fast);
        var each = TimeSpan.FromSeconds((double)Block / rate);
        peer.Speed.Asked(TimeSpan.Zero, wasIdle: true);
        for (var i = 1; i <= 100; i++)
        {
            peer.Speed.Answered(each * i, Block, isIdle: i == 100, asked: TimeSpan.Zero, due: each * i);
        }

        return peer;
    }
}
