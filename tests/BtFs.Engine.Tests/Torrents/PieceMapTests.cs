using BtFs.Engine.Layout;
using BtFs.Engine.Reports;
using BtFs.Engine.Torrents;

namespace BtFs.Engine.Tests.Torrents;

public class PieceMapTests
{
    // Pieces of 100 bytes; file 0 ends in the middle of piece 1, file 1 is empty, and the last piece is short.
    private static readonly TorrentLayout Layout = new(100, [150, 0, 170]);

    [Fact]
    public void A_piece_that_two_files_share_counts_for_each_with_its_own_bytes()
    {
        var map = new PieceMap(Layout, []);
        Finish(map, 1);

        Assert.Equal(50, map.BytesPresentIn(new FileIndex(0)));
        Assert.Equal(0, map.BytesPresentIn(new FileIndex(1)));
        Assert.Equal(50, map.BytesPresentIn(new FileIndex(2)));
        Assert.Equal(100, map.BytesPresent);
    }

    [Fact]
    public void With_every_piece_here_all_bytes_are_and_an_eviction_takes_them_away_again()
    {
        var map = new PieceMap(Layout, [new PieceIndex(0), new PieceIndex(1), new PieceIndex(2)]);
        Assert.False(map.IsComplete);
        Finish(map, 3);

        Assert.True(map.IsComplete);
        Assert.Equal(320, map.BytesPresent);
        Assert.Equal([150L, 0L, 170L], Enumerable.Range(0, 3).Select(i => map.BytesPresentIn(new FileIndex(i))));

        map.Apply(new PieceIndex(3), PieceEvent.Evicted);
        Assert.False(map.IsComplete);
        Assert.Equal(300, map.BytesPresent);
        Assert.Equal(150, map.BytesPresentIn(new FileIndex(2)));
    }

    [Fact]
    public void The_bitfield_has_the_first_piece_in_the_highest_bit()
    {
        var map = new PieceMap(new TorrentLayout(1, [10]), [new PieceIndex(0), new PieceIndex(9)]);

        Assert.Equal([0x80, 0x40], map.ToBitfield());
    }

    [Fact]
    public void A_piece_under_way_is_not_here()
    {
        var map = new PieceMap(Layout, []);
        map.Apply(new PieceIndex(0), PieceEvent.Started);
        map.Apply(new PieceIndex(0), PieceEvent.LastBlockArrived);

        Assert.False(map.Has(new PieceIndex(0)));
        Assert.Equal(0, map.BytesPresent);
        Assert.Equal([0], map.ToBitfield());
    }

    [Fact]
    public void What_of_a_file_is_missing_is_told_in_its_own_bytes_and_no_longer_than_wanted()
    {
        var map = new PieceMap(Layout, [new PieceIndex(2)]);

        Assert.Equal([new ByteRange(0, 150)], map.MissingIn(new FileIndex(0), 10));
        Assert.Empty(map.MissingIn(new FileIndex(1), 10));
        Assert.Equal([new ByteRange(0, 50), new ByteRange(150, 170)], map.MissingIn(new FileIndex(2), 10));
        Assert.Equal([new ByteRange(0, 50)], map.MissingIn(new FileIndex(2), 1));
    }

    [Fact]
    public void Neighbours_of_one_state_are_one_run()
    {
        var map = new PieceMap(new TorrentLayout(1, [6]), [new PieceIndex(0), new PieceIndex(1), new PieceIndex(5)]);
        map.Apply(new PieceIndex(4), PieceEvent.Started);

        Assert.Equal([new(0, 2, "have"), new(2, 2, "missing"), new(4, 1, "downloading"), new(5, 1, "have")], map.Runs(10));
        Assert.Equal(2, map.Runs(2).Count);
        Assert.Equal(1, map.UnderWay);
    }

    private static void Finish(PieceMap map, int piece)
    {
        map.Apply(new PieceIndex(piece), PieceEvent.Started);
        map.Apply(new PieceIndex(piece), PieceEvent.LastBlockArrived);
        map.Apply(new PieceIndex(piece), PieceEvent.Stored);
    }
}
