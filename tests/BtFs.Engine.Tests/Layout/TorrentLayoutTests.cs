using BtFs.Engine.Layout;
using FsCheck;
using FsCheck.Fluent;

namespace BtFs.Engine.Tests.Layout;

public sealed class TorrentLayoutTests
{
    private const int KiB16 = TorrentLayout.BlockLength;

    [Fact]
    public void Slices_of_any_range_lie_end_to_end_and_never_cross_a_piece() => Check((layout, model) =>
    {
        for (var offset = 0L; offset < layout.TotalLength;)
        {
            var slice = layout.FirstSlice(offset, layout.TotalLength - offset);
            Assert.Equal(model[(int)offset], (slice.Piece.Value, slice.Offset));
            var last = offset + slice.Length - 1;
            Assert.Equal(model[(int)last], (slice.Piece.Value, slice.Offset + slice.Length - 1));
            offset += slice.Length;
        }
    });

    [Fact]
    public void Blocks_tile_every_piece_and_only_the_last_is_short() => Check((layout, _) =>
    {
        var total = 0L;
        foreach (var piece in Pieces(layout))
        {
            var end = 0;
            for (var number = 0; number < layout.BlocksIn(piece); number++)
            {
                var block = layout.BlockAt(piece, number);
                Assert.Equal((end, number), (block.Offset, block.Number));
                Assert.True(block.Length == KiB16 || number == layout.BlocksIn(piece) - 1);
                Assert.InRange(block.Length, 1, KiB16);
                end += block.Length;
            }

            Assert.Equal(layout.LengthOf(piece), end);
            Assert.Equal(new PieceSlice(piece, 0, end), layout.Whole(piece));
            total += end;
        }

        Assert.Equal(layout.TotalLength, total);
    });

    [Fact]
    public void Files_of_a_piece_own_all_of_its_bytes_in_order() => Check((layout, _) =>
    {
        foreach (var piece in Pieces(layout))
        {
            var expected = Enumerable.Range(0, layout.FileCount)
                .Select(i => new FileIndex(i))
                .Select(file => (file, Overlap(layout, file, piece)))
                .Where(owner => owner.Item2 > 0);
            Assert.Equal(expected, layout.FilesIn(piece));
        }
    });

    [Fact]
    public void A_request_is_a_block_exactly_when_it_names_one() => Check((layout, model) =>
    {
        foreach (var piece in Pieces(layout))
        {
            for (var number = 0; number < layout.BlocksIn(piece); number++)
            {
                var block = layout.BlockAt(piece, number);
                Assert.True(layout.TryBlock(piece.Value, block.Offset, block.Length, out var found));
                Assert.Equal(block, found);
                Assert.False(layout.TryBlock(piece.Value, block.Offset + 1, block.Length, out _));
                Assert.False(layout.TryBlock(piece.Value, block.Offset, block.Length + 1, out _));
                Assert.False(layout.TryBlock(piece.Value, block.Offset, block.Length - 1, out _));
            }

            Assert.False(layout.TryBlock(piece.Value, layout.BlocksIn(piece) * KiB16, KiB16, out _));
        }
    });

    [Theory]
    [InlineData(-1, 0, 1)]
    [InlineData(2, 0, 1)]
    [InlineData(int.MaxValue, 0, KiB16)]
    [InlineData(int.MinValue, 0, KiB16)]
    [InlineData(0, -KiB16, KiB16)]
    [InlineData(0, int.MinValue, KiB16)]
    [InlineData(0, int.MaxValue, KiB16)]
    [InlineData(0, 0, int.MaxValue)]
    [InlineData(0, 0, 0)]
    [InlineData(0, 0, -1)]
    public void Numbers_of_a_hostile_request_are_refused(int piece, int begin, int length) =>
        Assert.False(new TorrentLayout(KiB16, [KiB16 + 1]).TryBlock(piece, begin, length, out _));

    [Fact]
    public void Files_beyond_4_GiB_are_found_where_they_lie()
    {
        const long Huge = 5L << 40;
        var layout = new TorrentLayout(256 << 20, [Huge, 0, Huge + 1]);

        Assert.Equal(2 * Huge + 1, layout.TotalLength);
        Assert.Equal(Huge, layout.StartOf(new FileIndex(2)));
        var last = layout.FirstSlice(2 * Huge, long.MaxValue);
        Assert.Equal(new PieceSlice(new PieceIndex(layout.PieceCount - 1), 0, 1), last);
        Assert.Equal([(new FileIndex(2), 1L)], layout.FilesIn(last.Piece));
    }

    [Fact]
    public void A_torrent_of_empty_files_has_no_pieces()
    {
        var layout = new TorrentLayout(KiB16, [0, 0]);

        Assert.Equal((0, 2, 0L), (layout.PieceCount, layout.FileCount, layout.TotalLength));
        Assert.False(layout.Contains(new PieceIndex(0)));
    }

    [Fact]
    public void Lengths_up_to_the_largest_number_are_counted_and_no_more()
    {
        Assert.Equal(int.MaxValue, new TorrentLayout(int.MaxValue, [(long)int.MaxValue * int.MaxValue]).PieceCount);
        Assert.Equal((int.MaxValue - 1) / KiB16 + 1, new TorrentLayout(int.MaxValue, [int.MaxValue]).BlocksIn(new PieceIndex(0)));
        Assert.Throws<OverflowException>(() => new TorrentLayout(1, [long.MaxValue]));
        Assert.Throws<OverflowException>(() => new TorrentLayout(int.MaxValue, [long.MaxValue, 1]));
    }

    [Fact]
    public void Whole_blocks_of_a_slice_cover_it_and_begin_and_end_at_blocks() => Check((layout, _) =>
    {
        foreach (var piece in Pieces(layout))
        {
            var length = layout.LengthOf(piece);
            foreach (var slice in new[] { layout.Whole(piece), new(piece, length - 1, 1), new(piece, length / 2, (length + 1) / 2) })
            {
                var run = layout.WholeBlocks(slice);
                Assert.Equal(0, run.Offset % KiB16);
                Assert.InRange(slice.Offset - run.Offset, 0, KiB16 - 1);
                Assert.InRange(run.Offset + run.Length - slice.Offset - slice.Length, 0, KiB16 - 1);
                Assert.True((run.Offset + run.Length) % KiB16 == 0 || run.Offset + run.Length == length);
            }
        }
    });

    private static IEnumerable<PieceIndex> Pieces(TorrentLayout layout) =>
        Enumerable.Range(0, layout.PieceCount).Select(i => new PieceIndex(i));

    private static long Overlap(TorrentLayout layout, FileIndex file, PieceIndex piece) =>
        Math.Min(layout.StartOf(file) + layout.LengthOf(file), layout.StartOf(piece) + layout.LengthOf(piece))
        - Math.Max(layout.StartOf(file), layout.StartOf(piece));

    // The model lists, for each byte of the torrent, its piece and its place in it, by walking byte after byte.
    private static void Check(Action<TorrentLayout, List<(int Piece, int Offset)>> holds)
    {
        var torrents =
            from pieceLength in Gen.OneOf(Gen.Choose(1, 100), Gen.Elements(KiB16 - 1, KiB16, KiB16 + 1, 3 * KiB16 / 2, 2 * KiB16))
            from files in Gen.OneOf(Gen.Choose(0, 3), Gen.Choose(0, 2 * pieceLength + 1)).ListOf(5)
            select (pieceLength, files);
        Prop.ForAll(torrents.ToArbitrary(), torrent =>
        {
            var model = new List<(int Piece, int Offset)>();
            var (piece, offset) = (0, 0);
            for (var i = 0; i < torrent.files.Sum(); i++)
            {
                model.Add((piece, offset));
                (piece, offset) = offset + 1 == torrent.pieceLength ? (piece + 1, 0) : (piece, offset + 1);
            }

            var layout = new TorrentLayout(torrent.pieceLength, [.. torrent.files.Select(length => (long)length)]);
            Assert.Equal(model.Count, layout.TotalLength);
            holds(layout, model);
        }).QuickCheckThrowOnFailure();
    }
}
