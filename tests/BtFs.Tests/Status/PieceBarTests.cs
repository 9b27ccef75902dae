using BtFs.Status;
using BtFs.Status.Document;

namespace BtFs.Tests.Status;

public sealed class PieceBarTests
{
    [Theory]
    [InlineData(10, "#####~....", "#####~....")]
    [InlineData(5, "#####~....", "##~..")]
    [InlineData(20, "#~", "##########~~~~~~~~~~")]
    [InlineData(3, "####.....", "#+.")]
    public void Each_column_shows_the_worst_that_matters_of_its_pieces(int width, string pieces, string bar)
    {
        var runs = pieces.Select((state, piece) => new RunEntry { First = piece, Count = 1, State = state == '#' ? "have" : state == '~' ? "downloading" : "missing" });

        Assert.Equal(bar, PieceBar.Of(PiecesOf(pieces.Length, [.. runs]), width));
    }

    [Fact]
    public void Runs_that_make_no_sense_break_nothing()
    {
        var runs = new[] { new RunEntry { First = -5, Count = int.MaxValue, State = "have" }, new RunEntry { First = int.MaxValue, Count = int.MaxValue, State = "?" } };

        Assert.Equal(10, PieceBar.Of(PiecesOf(0, runs), 10).Length);
        Assert.Equal(10, PieceBar.Of(PiecesOf(-1, runs), 10).Length);
    }

    private static PiecesEntry PiecesOf(int count, IReadOnlyList<RunEntry> runs) =>
        new() { Length = 1, Count = count, Have = 0, UnderWay = 0, RarestCopies = 0, Copies = [], Runs = runs };
}
