using BtFs.Engine.Storage.Limits;

namespace BtFs.Engine.Tests.Storage.Limits;

public sealed class CacheMarksTests
{
    private const long Plenty = 1L << 50;

    [Fact]
    public void Room_is_made_from_95_percent_on_and_down_to_90()
    {
        var marks = new CacheMarks(Limit: 1000, Floor: 0);

        Assert.Equal(0, marks.ToFree(total: 940, Plenty, need: 10));
        Assert.Equal(51, marks.ToFree(total: 940, Plenty, need: 11));
        Assert.True(marks.Allows(total: 990, Plenty, need: 10));
        Assert.False(marks.Allows(total: 990, Plenty, need: 11));
    }

    [Fact]
    public void What_could_never_fit_pushes_nothing_out()
    {
        var marks = new CacheMarks(Limit: 1000, Floor: 0);

        Assert.Equal(0, marks.ToFree(total: 900, Plenty, need: 901));
        Assert.False(marks.Allows(total: 900, Plenty, need: 901));
    }

    [Fact]
    public void A_disk_about_to_be_too_full_asks_for_what_is_missing_and_a_little_more()
    {
        var marks = new CacheMarks(Limit: 2000, Floor: 500);

        Assert.Equal(0, marks.ToFree(total: 100, available: 510, need: 10));
        Assert.Equal(1 + 5, marks.ToFree(total: 100, available: 510, need: 11));
        Assert.False(marks.Allows(total: 100, available: 510, need: 11));
    }

    [Fact]
    public void A_limit_of_nothing_allows_nothing_and_no_limit_allows_all()
    {
        Assert.False(new CacheMarks(Limit: 0, Floor: 0).Allows(total: 0, Plenty, need: 1));
        var unlimited = new CacheMarks(DiskShare.Unlimited.On(1), Floor: 0);
        Assert.True(unlimited.HasRoom(total: 1L << 55, Plenty, need: 1L << 30));
    }

    [Theory]
    [InlineData(1L << 40, 20L << 30)]
    [InlineData(100L << 30, 10L << 30)]
    public void By_default_the_cache_takes_a_tenth_of_the_disk_and_20_GiB_at_most(long disk, long limit)
    {
        var options = new EngineOptions { CacheDirectory = "unused" };

        Assert.InRange(options.CacheLimit.On(disk), limit - 1, limit);
        Assert.InRange(options.CacheMinFree.On(disk), (disk / 20) - 1, disk / 20);
    }
}
