using BtFs.Engine.Layout;
using BtFs.Engine.Picking;
using BtFs.Engine.Tests.Peers;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Tests.Picking;

public sealed class PartialPieceTests : IDisposable
{
    private static readonly TorrentLayout Layout = new(64 * 1024, [(10L * 64 * 1024) + 20_000]);
    private readonly SharedBufferPool _buffers = new();
    private readonly PiecesUnderWay _pieces;
    private readonly PartialPiece _piece;

    public PartialPieceTests()
    {
        _pieces = new PiecesUnderWay(Layout, _buffers);
        _piece = _pieces.Open(0);
    }

    public void Dispose() => _buffers.Dispose();

    [Fact]
    public void When_a_block_comes_the_others_who_owe_it_are_told_to_stop()
    {
        var (one, two) = (SomePeer.Seed(1, Layout.PieceCount), SomePeer.Seed(2, Layout.PieceCount));
        _piece.Ask(0, one, isUrgent: true, TimeSpan.Zero);
        _piece.Ask(0, two, isUrgent: true, TimeSpan.Zero);
        Assert.Equal(3, _piece.Unasked);

        _piece.Arrived(0, two, TimeSpan.Zero);
        Assert.Equal([_piece.Block(0)], one.Wire().Cancelled);
        Assert.Empty(two.Wire().Cancelled);
        Assert.Equal((3, 3), (_piece.Missing, _piece.Unasked));
        Assert.Equal([two.Hello.Address, null, null, null], _piece.SentBy);
    }

    [Fact]
    public void A_block_is_to_be_asked_again_once_the_last_who_owed_it_is_gone()
    {
        var (one, two) = (SomePeer.Seed(1, Layout.PieceCount), SomePeer.Seed(2, Layout.PieceCount));
        _piece.Ask(1, one, isUrgent: true, TimeSpan.Zero);
        _piece.Ask(1, two, isUrgent: true, TimeSpan.Zero);

        Assert.False(_piece.Forget(1, one));
        Assert.Equal(3, _piece.Unasked);
        Assert.False(_piece.Forget(1, one));
        Assert.True(_piece.Forget(1, two));
        Assert.Equal(4, _piece.Unasked);
        Assert.Equal(0, _piece.NextUnasked(0));
        Assert.Equal(1, _piece.NextUnasked(1));
    }

    [Fact]
    public void A_late_block_that_nobody_owes_any_more_is_taken_all_the_same()
    {
        _piece.Arrived(2, SomePeer.Seed(1, Layout.PieceCount), TimeSpan.Zero);

        Assert.Equal((3, 3), (_piece.Missing, _piece.Unasked));
        Assert.Equal(3, _piece.NextUnasked(2));
    }

    [Fact]
    public void When_nobody_wants_the_piece_every_request_is_taken_back_and_what_is_here_stays()
    {
        var peer = SomePeer.Seed(1, Layout.PieceCount);
        _piece.Ask(0, peer, isUrgent: true, TimeSpan.Zero);
        _piece.Ask(1, peer, isUrgent: true, TimeSpan.Zero);
        _piece.Arrived(0, peer, TimeSpan.Zero);
        _piece.CancelAll();

        Assert.Equal([_piece.Block(1)], peer.Wire().Cancelled);
        Assert.Equal((3, 3), (_piece.Missing, _piece.Unasked));
        Assert.True(_piece.IsHere(0));
    }

    [Fact]
    public void The_last_piece_has_a_last_block_of_its_own_length()
    {
        var last = _pieces.Open(10);

        Assert.Equal(2, last.BlockCount);
        Assert.Equal(20_000 - 16_384, last.Block(1).Length);
    }

    [Fact]
    public void Unverified_memory_is_bounded_for_read_ahead_and_more_loosely_for_readers_who_wait()
    {
        var layout = new TorrentLayout(16 << 20, [1L << 40]);
        using var buffers = new SharedBufferPool(idleLimit: 0);
        var pieces = new PiecesUnderWay(layout, buffers);
        var ahead = 0;
        pieces.Demand.SetWindows("a", [new ReadWindow(0, 1L << 30, 1)], TimeSpan.Zero);
        while (pieces.TryOpen(ahead) is not null)
        {
            ahead++;
        }

        Assert.Equal(PartialPieces.MaxBytes, ahead * (16L << 20));
        var waiting = 0;
        do
        {
            pieces.Wait(ahead + waiting);
        }
        while (pieces.TryOpen(ahead + waiting++) is not null);

        Assert.Equal(PartialPieces.MaxBytesWaitedFor, (long)pieces.Partials.All.Count * (16L << 20));
        Assert.All(Enumerable.Range(ahead, waiting - 1), piece => Assert.True(pieces.Partials.TryGet(new PieceIndex(piece), out _)));
        pieces.GiveUpAll();
        Assert.Equal(0, buffers.LiveBytes);
        Assert.NotNull(pieces.TryOpen(0));
        pieces.GiveUpAll();
    }

    [Fact]
    public void A_piece_that_made_way_for_a_reader_who_waits_is_asked_for_again_later()
    {
        var layout = new TorrentLayout(16 << 20, [1L << 40]);
        using var buffers = new SharedBufferPool(idleLimit: 0);
        var pieces = new PiecesUnderWay(layout, buffers);
        pieces.Demand.SetWindows("a", [new ReadWindow(0, 32L << 20, 1)], TimeSpan.Zero);
        var window = Assert.Single(pieces.Demand.Ahead.Windows);
        foreach (var piece in new[] { 0, 1 })
        {
            Assert.NotNull(pieces.TryOpen(piece));
            window.Pass(new PieceIndex(piece));
        }

        // Sixteen pieces of 16 MiB fit; the fifteenth that somebody waits for needs the room of one that nobody does.
        for (var piece = 100; piece < 115; piece++)
        {
            pieces.Wait(piece);
            Assert.NotNull(pieces.TryOpen(piece));
        }

        Assert.False(pieces.Partials.TryGet(new PieceIndex(0), out _));
        Assert.Equal(0, window.Next);
        pieces.GiveUpAll();
    }

    [Fact]
    public void When_room_is_short_what_nobody_wants_makes_way_first()
    {
        var layout = new TorrentLayout(16 << 20, [1L << 40]);
        using var buffers = new SharedBufferPool(idleLimit: 0);
        var pieces = new PiecesUnderWay(layout, buffers);
        pieces.Demand.SetWindows("a", [new ReadWindow(0, 32L << 20, 1)], TimeSpan.Zero);
        for (var piece = 0; piece < 5; piece++)
        {
            Assert.NotNull(pieces.TryOpen(piece));
        }

        Assert.Equal([0, 1, 4], pieces.Partials.All.Select(partial => partial.Piece.Value).Order());
        pieces.GiveUpAll();
    }
}
