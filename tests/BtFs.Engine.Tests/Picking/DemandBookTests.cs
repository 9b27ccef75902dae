using BtFs.Engine.Layout;
using BtFs.Engine.Picking;

namespace BtFs.Engine.Tests.Picking;

public class DemandBookTests
{
    private const int PieceLength = 1000;
    private readonly DemandBook _book = new(new TorrentLayout(PieceLength, [1_000_000]));
    private readonly HashSet<PieceIndex> _here = [];

    [Fact]
    public void Who_waits_comes_before_what_is_read_ahead_and_who_waits_longest_comes_first()
    {
        _book.SetWindows(new object(), [new ReadWindow(0, 2000, 1000)]);
        Wait(7, at: 2);
        Wait(9, at: 1);

        Assert.Equal([9, 7, 0, 1], Order(at: 3));
    }

    [Fact]
    public void Where_windows_overlap_the_reader_who_gets_there_first_decides()
    {
        _book.SetWindows("far away", [new ReadWindow(0, 10_000, 100)]);
        _book.SetWindows("close by", [new ReadWindow(9_000, 10_000, 100)]);

        Assert.Equal([0, 9, 1, 2, 3, 4, 5, 6, 7, 8], Order());
    }

    [Fact]
    public void Two_readers_of_the_same_speed_share_evenly()
    {
        _book.SetWindows("a", [new ReadWindow(0, 5_000, 1000)]);
        _book.SetWindows("b", [new ReadWindow(100_000, 105_000, 1000)]);

        Assert.Equal([0, 100, 1, 101, 2, 102, 3, 103, 4, 104], Order());
    }

    [Fact]
    public void A_read_of_several_pieces_is_granted_with_the_last_of_them()
    {
        _here.Add(new PieceIndex(2));
        var wish = Wait(1, last: 3);

        _book.Granted(new PieceIndex(1));
        Assert.False(wish.Granted.IsCompleted);
        _book.Granted(new PieceIndex(3));
        Assert.True(wish.Granted.IsCompletedSuccessfully);
        Assert.False(_book.HasWaiters);
    }

    [Fact]
    public void A_read_of_what_is_here_is_granted_at_once()
    {
        _here.Add(new PieceIndex(2));

        Assert.True(Wait(2).Granted.IsCompletedSuccessfully);
        Assert.False(_book.HasWaiters);
    }

    [Fact]
    public void A_reader_who_leaves_takes_only_his_own_wish_along()
    {
        var leaving = Wait(1, last: 2);
        var staying = Wait(2);
        _book.Remove(leaving);
        _book.Remove(leaving);

        Assert.Equal([2], Order());
        _book.Granted(new PieceIndex(2));
        Assert.True(staying.Granted.IsCompletedSuccessfully);
        Assert.False(leaving.Granted.IsCompleted);
    }

    [Fact]
    public void A_piece_that_was_granted_and_lost_is_wanted_by_nobody()
    {
        Wait(4);
        Order();
        _book.Granted(new PieceIndex(4));
        _book.Lost(new PieceIndex(4));

        Assert.Empty(Order());
        Assert.False(_book.IsWanted(new PieceIndex(4), TimeSpan.Zero));
    }

    [Fact]
    public void What_the_cache_has_lost_is_not_read_ahead_again_but_fetched_for_whoever_waits()
    {
        _book.SetWindows("a", [new ReadWindow(0, 3_000, 1000)]);
        Assert.Equal([0, 1, 2], Order());
        _book.Lost(new PieceIndex(1));
        Assert.Equal([0, 2], Order());

        _book.SetWindows("a", [new ReadWindow(0, 4_000, 1000)]);
        Assert.Equal([0, 2, 3], Order());
        Wait(1);
        Assert.Equal([1, 0, 2, 3], Order());
    }

    [Fact]
    public void A_window_of_tiny_pieces_is_looked_at_no_further_than_can_be_asked_for()
    {
        _book.SetWindows("a", [new ReadWindow(0, 1_000_000, 1000)]);

        Assert.Equal(DemandBook.MaxPiecesOfWindow, Order().Count);
    }

    [Fact]
    public void Closing_a_handle_ends_its_windows()
    {
        _book.SetWindows("a", [new ReadWindow(0, 3_000, 1000)]);
        _book.SetWindows("a", []);

        Assert.Empty(Order());
        Assert.False(_book.IsWanted(new PieceIndex(0), TimeSpan.Zero));
    }

    private Wish Wait(int first, int? last = null, double at = 0)
    {
        var wish = new Wish(new PieceIndex(first), new PieceIndex(last ?? first));
        _book.Add(wish, _here.Contains, TimeSpan.FromSeconds(at));
        return wish;
    }

    private List<int> Order(double at = 0) => [.. _book.Ordered(TimeSpan.FromSeconds(at), out _).Select(demand => demand.Piece.Value)];
}
