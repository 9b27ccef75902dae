using BtFs.Engine.Layout;
using BtFs.Engine.Storage;

namespace BtFs.Engine.Tests.Storage;

public sealed class PieceChecksumsTests
{
    private const int BlockLength = TorrentLayout.BlockLength;

    [Fact]
    public void A_piece_has_the_checksums_it_was_added_with_until_its_life_is_ended()
    {
        // The last piece is shorter, and the last group is not full.
        var sums = new PieceChecksums(new TorrentLayout(3 * BlockLength, [3000L * 3 * BlockLength + 1]));
        var (first, middle, last) = (new PieceIndex(0), new PieceIndex(1500), new PieceIndex(3000));
        sums.Add(middle, [4, 5, 6]);
        sums.Add(last, [7]);
        sums.Add(first, [1, 2, 3]);

        Assert.Equal([first, middle, last], sums.Pieces());
        Assert.Equal(new ulong[] { 4, 5, 6 }, sums.SumsOf(middle).ToArray());
        Assert.Equal(new ulong[] { 7 }, sums.SumsOf(last).ToArray());
        Assert.False(sums.Has(new PieceIndex(1)));

        Assert.True(sums.TryEnd(middle, sums.LifeOf(middle)));
        Assert.False(sums.Has(middle));
        Assert.Equal([first, last], sums.Pieces());
    }

    [Fact]
    public void Damage_found_in_an_earlier_life_does_not_end_a_later_one()
    {
        var sums = new PieceChecksums(new TorrentLayout(BlockLength, [10L * BlockLength]));
        var piece = new PieceIndex(5);
        sums.Add(piece, [1]);
        var found = sums.LifeOf(piece);
        for (var life = 0; life < 100; life++)
        {
            Assert.True(sums.TryEnd(piece, sums.LifeOf(piece)));
            Assert.False(sums.TryEnd(piece, found));
            sums.Add(piece, [1]);
            Assert.False(sums.TryEnd(piece, found));
            Assert.True(sums.Has(piece));
        }
    }

    [Fact]
    public void A_piece_that_is_not_here_cannot_end()
    {
        var sums = new PieceChecksums(new TorrentLayout(BlockLength, [BlockLength]));

        Assert.False(sums.TryEnd(new PieceIndex(0), sums.LifeOf(new PieceIndex(0))));
    }

    [Fact]
    public void Two_million_pieces_of_a_block_take_ten_bytes_each()
    {
        const int Pieces = 2_000_000;
        var layout = new TorrentLayout(BlockLength, [(long)Pieces * BlockLength]);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var sums = new PieceChecksums(layout);
        for (var i = 0; i < Pieces; i++)
        {
            sums.Add(new PieceIndex(i), [(ulong)i]);
        }

        // Other tests may run meanwhile: a wide margin.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 40L << 20);
        Assert.Equal(new ulong[] { Pieces - 1 }, sums.SumsOf(new PieceIndex(Pieces - 1)).ToArray());
    }
}
