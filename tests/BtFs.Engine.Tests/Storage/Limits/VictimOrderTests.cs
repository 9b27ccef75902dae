using BtFs.Engine.Layout;
using BtFs.Engine.Storage.Limits;

namespace BtFs.Engine.Tests.Storage.Limits;

public sealed class VictimOrderTests
{
    private const int PieceLength = 1 << 20;

    [Fact]
    public void What_nobody_has_read_goes_first_the_oldest_before_the_others()
    {
        var (order, use) = Of(fileLengths: [10 << 20]);
        foreach (var piece in Pieces(4, 5, 6, 7))
        {
            use.Written(piece);
        }

        use.Read(new PieceIndex(4));
        Assert.Equal(Pieces(5, 6, 7, 4), order.Choose(Pieces(4, 5, 6, 7), [], One, 4));
    }

    [Fact]
    public void Of_what_was_read_the_longest_unread_goes_first()
    {
        var (order, use) = Of(fileLengths: [100 << 20]);
        foreach (var piece in Pieces(40, 50, 60))
        {
            use.Written(piece);
            use.Read(piece);
        }

        use.Written(new PieceIndex(70));
        use.Read(new PieceIndex(40));
        Assert.Equal(Pieces(50, 60), order.Choose(Pieces(40, 50, 60), [], One, 2));
    }

    [Fact]
    public void A_piece_that_was_read_before_it_was_written_counts_as_read()
    {
        var (order, use) = Of(fileLengths: [100 << 20]);
        use.Read(new PieceIndex(40));
        use.Written(new PieceIndex(40));
        use.Written(new PieceIndex(41));

        Assert.Equal(Pieces(41), order.Choose(Pieces(40, 41), [], One, 1));
    }

    [Fact]
    public void The_head_and_the_tail_of_a_file_in_use_go_last()
    {
        var (order, use) = Of(fileLengths: [10 << 20, 10 << 20]);
        foreach (var piece in Pieces([.. Enumerable.Range(0, 20)]))
        {
            use.Written(piece);
            use.Read(piece);
        }

        // The first file was left alone while all that is here was written anew; somebody is in the middle of the second.
        for (var i = 0; i < 40; i++)
        {
            use.Written(new PieceIndex(15));
        }

        use.Read(new PieceIndex(15));
        var victims = order.Choose(Pieces([.. Enumerable.Range(0, 20)]), [], One, 20);
        Assert.Equal(Pieces(10, 19), victims[^2..]);
        Assert.Equal(Pieces(0, 1, 2), victims[..3]);
    }

    [Fact]
    public void What_a_reader_is_about_to_read_stays_whatever_is_wanted()
    {
        var (order, _) = Of(fileLengths: [10 << 20]);
        var live = new[] { new PieceSpan(new PieceIndex(2), new PieceIndex(8)) };

        Assert.Equal(Pieces(0, 1, 9), order.Choose(Pieces([.. Enumerable.Range(0, 10)]), live, One, 1000).Order());
    }

    [Fact]
    public void Of_any_pieces_just_enough_are_chosen_and_none_that_is_live()
    {
        var random = new Random(3);
        for (var round = 0; round < 300; round++)
        {
            var count = random.Next(1, 60);
            var (order, use) = Of(fileLengths: [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => (long)random.Next(0, count) * PieceLength + 1)]);
            var here = Enumerable.Range(0, use.Pieces).Where(_ => random.Next(3) > 0).Select(i => new PieceIndex(i)).ToList();
            foreach (var piece in here)
            {
                use.Written(piece);
                if (random.Next(2) == 0)
                {
                    use.Read(piece);
                }
            }

            var first = random.Next(use.Pieces);
            var live = new[] { new PieceSpan(new PieceIndex(first), new PieceIndex(first + random.Next(10))) };
            var mayGo = here.Where(piece => !live[0].Contains(piece)).ToList();
            var wanted = random.Next(0, 3 * count);
            var victims = order.Choose(here, live, CostOf, wanted);

            Assert.Equal(victims.Count, victims.Distinct().Count());
            Assert.Empty(victims.Except(mayGo));
            Assert.True(victims.Sum(CostOf) >= wanted || victims.Count == mayGo.Count);
            Assert.True(victims.Count == 0 || victims.SkipLast(1).Sum(CostOf) < wanted, "More went than was wanted.");
        }
    }

    private static long One(PieceIndex piece) => 1;

    private static long CostOf(PieceIndex piece) => 1 + (piece.Value % 3);

    private static PieceIndex[] Pieces(params int[] pieces) => [.. pieces.Select(piece => new PieceIndex(piece))];

    private static (VictimOrder Order, PieceUse Use) Of(long[] fileLengths)
    {
        var layout = new TorrentLayout(PieceLength, fileLengths);
        var use = new PieceUse(layout.PieceCount);
        return (new VictimOrder(layout, use), use);
    }
}
