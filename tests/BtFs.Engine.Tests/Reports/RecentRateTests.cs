using BtFs.Engine.Reports;

namespace BtFs.Engine.Tests.Reports;

public class RecentRateTests
{
    [Theory]
    [InlineData(20)]
    [InlineData(250)]
    [InlineData(1000)]
    public void A_steady_stream_has_its_rate_however_often_one_looks(int everyMilliseconds)
    {
        var rate = new RecentRate(TimeSpan.Zero);
        var now = TimeSpan.Zero;
        for (; now < TimeSpan.FromSeconds(30); now += TimeSpan.FromMilliseconds(everyMilliseconds))
        {
            rate.Reached((long)(now.TotalSeconds * 1000), now);
        }

        Assert.InRange(rate.At((long)(now.TotalSeconds * 1000), now), 995, 1005);
    }

    [Fact]
    public void Six_seconds_after_the_last_byte_the_rate_is_nothing()
    {
        var rate = new RecentRate(TimeSpan.Zero);
        for (var second = 0; second <= 10; second++)
        {
            rate.Reached(second * 1000, TimeSpan.FromSeconds(second));
        }

        Assert.Equal(0, rate.At(10_000, TimeSpan.FromSeconds(16)));
    }

    [Fact]
    public void In_the_first_seconds_the_rate_is_that_since_the_beginning()
    {
        var rate = new RecentRate(TimeSpan.FromSeconds(100));

        Assert.Equal(0, rate.At(0, TimeSpan.FromSeconds(100)));
        Assert.Equal(500, rate.At(1000, TimeSpan.FromSeconds(102)));
    }
}
