using BtFs.Status;

namespace BtFs.Tests.Status;

public sealed class DisplayWidthTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("film", 4)]
    [InlineData("café", 4)]
    [InlineData("cafe\u0301", 4)]
    [InlineData("映画", 4)]
    [InlineData("한국", 4)]
    [InlineData("ﾊﾝ", 2)]
    [InlineData("Ｆ", 2)]
    [InlineData("👍", 2)]
    [InlineData("…", 1)]
    public void A_text_takes_as_many_columns_as_a_terminal_gives_it(string text, int columns) => Assert.Equal(columns, DisplayWidth.Of(text));

    [Theory]
    [InlineData("film.mkv", 8, "film.mkv")]
    [InlineData("film.mkv", 5, "film…")]
    [InlineData("映画館", 5, "映画…")]
    [InlineData("映画館", 4, "映…")]
    [InlineData("film", 1, "…")]
    [InlineData("film", 0, "")]
    public void A_text_that_is_too_wide_is_cut_and_shows_it(string text, int columns, string cut) => Assert.Equal(cut, DisplayWidth.Cut(text, columns));

    [Fact]
    public void A_text_is_filled_to_a_column_by_what_it_takes_there()
    {
        Assert.Equal("映  |", DisplayWidth.Fit("映", 4) + "|");
        Assert.Equal("映…|", DisplayWidth.Fit("映画館", 3) + "|");
    }
}
