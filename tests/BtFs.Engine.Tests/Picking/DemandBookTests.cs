using BtFs.Engine.Layout;
using BtFs.Engine.Picking;

namespace BtFs.Engine.Tests.Picking;

public class DemandBookTests
{
    private const int PieceLength = 1000;
    private readonly DemandBook _book = new(new TorrentLayout(PieceLength, [1_000_000]));
    private readonly DemandBook _large = new(new TorrentLayout(1 << 20, [4L << 30]));
    private readonly HashSet<PieceIndex> _here = [];
    private readonly TimeSpan _now = TimeSpan.FromSeconds(100);

    [Fact]
    public void Who_began_to_wait_first_comes_first()
    {
        Wait(9, at: 1);
        Wait(7, at: 2);
        Wait(9, at: 3);

        Assert.Equal([9, 7], Waiting());
    }

    [Fact]
    public void Where_windows_overlap_the_reader_who_gets_there_first_decides()
    {
        _book.SetWindows("far away", [new ReadWindow(0, 10_000, 100)], _now);
        _book.SetWindows("close by", [new ReadWindow(9_000, 10_000, 100)], _now);

        Assert.Equal([0, 9, 1, 2, 3, 4, 5, 6, 7, 8], Order());
    }

    [Fact]
    public void Two_readers_of_the_same_speed_share_evenly()
    {
        _book.SetWindows("a", [new ReadWindow(0, 5_000, 1000)], _now);
        _book.SetWindows("b", [new ReadWindow(100_000, 105_000, 1000)], _now);

        Assert.Equal([0, 100, 1, 101, 2, 102, 3, 103, 4, 104], Order());
    }

    [Fact]
    public void A_read_of_several_pieces_is_granted_with_the_last_of_them()
    {
        _here.Add(new PieceIndex(2));
        var wish = Wait(1, last: 3);

        _book.Waiting.Granted(new PieceIndex(1));
        Assert.False(wish.Granted.IsCompleted);
        _book.Waiting.Granted(new PieceIndex(3));
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

        Assert.Equal([2], Waiting());
        _book.Waiting.Granted(new PieceIndex(2));
        Assert.True(staying.Granted.IsCompletedSuccessfully);
        Assert.False(leaving.Granted.IsCompleted);
    }

    [Fact]
    public void A_piece_that_was_granted_and_lost_is_wanted_by_nobody()
    {
        Wait(4);
        _book.Waiting.Granted(new PieceIndex(4));
        _book.Ahead.Lost(new PieceIndex(4));

        Assert.Empty(Order());
        Assert.False(_book.IsWanted(new PieceIndex(4)));
    }

    [Fact]
    public void What_the_cache_has_lost_is_not_read_ahead_again_but_fetched_for_whoever_waits()
    {
        _book.SetWindows("a", [new ReadWindow(0, 3_000, 1000)], _now);
        Assert.Equal([0, 1, 2], Order());
        _book.Ahead.Lost(new PieceIndex(1));
        Assert.Equal([0, 2], Order());

        _book.SetWindows("a", [new ReadWindow(0, 4_000, 1000)], _now);
        Assert.Equal([0, 2, 3], Order());
        Wait(1);
        Assert.Equal([0, 1, 2, 3], Order());
    }

    [Fact]
    public void What_was_evicted_before_anybody_came_near_is_read_ahead_like_everything_else()
    {
        _book.SetWindows("a", [new ReadWindow(0, 3_000, 1000)], _now);
        _book.Ahead.Lost(new PieceIndex(501));
        _book.SetWindows("a", [new ReadWindow(500_000, 503_000, 1000)], _now);

        Assert.Equal([500, 501, 502], Order());
    }

    [Fact]
    public void What_was_lost_in_a_window_is_read_ahead_again_the_next_time_somebody_comes_there()
    {
        _book.SetWindows("a", [new ReadWindow(0, 3_000, 1000)], _now);
        _book.Ahead.Lost(new PieceIndex(1));
        _book.SetWindows("a", [new ReadWindow(500_000, 501_000, 1000)], _now);
        _book.SetWindows("a", [new ReadWindow(0, 3_000, 1000)], _now);

        Assert.Equal([0, 1, 2], Order());
    }

    [Fact]
    public void A_small_cache_is_never_filled_with_what_is_ahead_of_readers()
    {
        var capacity = 1L << 40;
        var book = new DemandBook(new TorrentLayout(1 << 20, [4L << 30]), () => capacity);
        book.SetWindows("a", [new ReadWindow(0, ReadAhead.MaxWindow, 1000)], _now);
        Assert.Equal(32, Order(book).Count);

        capacity = 64 << 20;
        book.SetWindows("b", [new ReadWindow(1L << 30, (1L << 30) + ReadAhead.MaxWindow, 1000)], _now);
        Assert.Equal(16, Order(book).Count);
        Assert.Equal([new PieceSpan(new PieceIndex(0), new PieceIndex(7)), new PieceSpan(new PieceIndex(1024), new PieceIndex(1031))], book.Ahead.Live());
    }

    [Fact]
    public void Many_readers_share_what_is_fetched_ahead()
    {
        for (var i = 0; i < 40; i++)
        {
            _large.SetWindows($"reader {i}", [new ReadWindow(i * (64L << 20), (i * (64L << 20)) + ReadAhead.MaxWindow, 1000)], _now);
        }

        // 128 MiB for forty: three pieces of 1 MiB each, and a bit of the fourth.
        Assert.Equal(40 * 4, Order(_large).Count);
    }

    [Fact]
    public void The_window_of_a_reader_who_looks_elsewhere_is_kept_for_two_seconds_and_not_filled()
    {
        _book.SetWindows("a", [new ReadWindow(0, 3_000, 1000, IsHeld: true)], _now);
        Assert.Empty(Order());
        Assert.True(_book.IsWanted(new PieceIndex(0)));

        _book.Age(_now + TimeSpan.FromSeconds(1.9));
        Assert.True(_book.IsWanted(new PieceIndex(0)));
        _book.Age(_now + TimeSpan.FromSeconds(2));
        Assert.False(_book.IsWanted(new PieceIndex(0)));
        Assert.Equal([0, 1, 2], Dropped());
    }

    [Fact]
    public void What_a_moved_window_leaves_behind_is_dropped_unless_somebody_else_wants_it()
    {
        _book.SetWindows("a", [new ReadWindow(0, 5_000, 1000)], _now);
        _book.SetWindows("b", [new ReadWindow(1_000, 2_000, 1000)], _now);
        Wait(2);
        _book.SetWindows("a", [new ReadWindow(4_000, 9_000, 1000)], _now);

        Assert.Equal([0, 3], Dropped());
        Assert.Empty(Dropped());
    }

    [Fact]
    public void Pieces_that_are_dealt_with_are_not_looked_at_again_until_one_has_to_be()
    {
        _book.SetWindows("a", [new ReadWindow(0, 4_000, 1000)], _now);
        var window = Assert.Single(_book.Ahead.Windows);
        window.Pass(new PieceIndex(0));
        window.Pass(new PieceIndex(1));
        Assert.Equal([2, 3], Order());

        _book.Ahead.Reopen(new PieceIndex(1));
        Assert.Equal([1, 2, 3], Order());
    }

    [Fact]
    public void Two_waits_at_new_places_within_ten_seconds_mean_that_the_next_may_be_anywhere()
    {
        Wait(1, at: 1, isScattered: true);
        Wait(5, at: 2);
        Assert.False(_book.IsScattered(TimeSpan.FromSeconds(2)));
        Wait(9, at: 3, isScattered: true);

        Assert.True(_book.IsScattered(TimeSpan.FromSeconds(3)));
        Assert.False(_book.IsScattered(TimeSpan.FromSeconds(11)));
    }

    [Fact]
    public void Closing_a_handle_ends_its_windows()
    {
        _book.SetWindows("a", [new ReadWindow(0, 3_000, 1000)], _now);
        _book.SetWindows("a", [], _now);

        Assert.Empty(Order());
        Assert.False(_book.IsWanted(new PieceIndex(0)));
    }

    private Wish Wait(int first, int? last = null, double at = 0, bool isScattered = false)
    {
        var wish = new Wish(new PieceIndex(first), new PieceIndex(last ?? first)) { IsScattered = isScattered };
        _book.Add(wish, _here.Contains, TimeSpan.FromSeconds(at));
        return wish;
    }

    private List<int> Waiting() => [.. _book.Waiting.Pieces.Select(piece => piece.Value)];

    private List<int> Dropped()
    {
        var dropped = new List<PieceIndex>();
        _book.TakeDropped(dropped);
        return [.. dropped.Select(piece => piece.Value).Order()];
    }

    private List<int> Order(DemandBook? book = null)
    {
        var ahead = (book ?? _book).Ahead;
        var order = new List<int>();
        ahead.Rewind();
        while (ahead.TakeNext(out var piece, out _) is not null)
        {
            // Where windows overlap a piece comes once for each, and only the first counts.
            if (!order.Contains(piece.Value))
            {
                order.Add(piece.Value);
            }
        }

        return order;
    }
}
