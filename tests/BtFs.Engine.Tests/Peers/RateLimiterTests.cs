using BtFs.Engine.Peers;
using BtFs.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace BtFs.Engine.Tests.Peers;

public class RateLimiterTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Without_a_limit_nobody_waits()
    {
        var limiter = new RateLimiter(0, _time);
        Assert.Equal(TimeSpan.Zero, limiter.Spend(int.MaxValue));
        Assert.Equal(int.MaxValue, limiter.Quantum);
        Assert.False(limiter.IsLimited);
    }

    [Fact]
    public void Another_rate_holds_from_then_on_and_none_lets_everybody_go()
    {
        var limiter = new RateLimiter(0, _time);
        limiter.SetRate(10);
        Assert.True(limiter.IsLimited);
        Assert.Equal(TimeSpan.FromMilliseconds(100), limiter.Spend(1));
        limiter.SetRate(100);
        Assert.Equal(TimeSpan.FromMilliseconds(110), limiter.Spend(1));
        limiter.SetRate(0);
        Assert.Equal(TimeSpan.Zero, limiter.Spend(1_000_000));
        Assert.False(limiter.IsLimited);
    }

    [Fact]
    public void A_burst_is_free_and_what_follows_is_paced()
    {
        var limiter = new RateLimiter(10, _time, burst: 3);
        Assert.All(Enumerable.Range(0, 3), _ => Assert.Equal(TimeSpan.Zero, limiter.Spend(1)));
        Assert.Equal(TimeSpan.FromMilliseconds(100), limiter.Spend(1));
        Assert.Equal(TimeSpan.FromMilliseconds(200), limiter.Spend(1));
    }

    [Fact]
    public void A_long_pause_saves_up_no_more_than_the_burst()
    {
        var limiter = new RateLimiter(10, _time, burst: 3);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.All(Enumerable.Range(0, 3), _ => Assert.Equal(TimeSpan.Zero, limiter.Spend(1)));
        Assert.NotEqual(TimeSpan.Zero, limiter.Spend(1));
    }

    [Fact]
    public void However_spenders_take_turns_the_sum_stays_within_the_rate_and_nobody_starves()
    {
        Prop.ForAll(
            Gen.Choose(1_000, 10_000_000).ArrayOf(1).ToArbitrary(),
            Gen.Choose(1, 16).ArrayOf(1).ToArbitrary(),
            (rates, counts) =>
            {
                var (rate, spenders) = (rates[0], counts[0]);
                var time = new ManualTimeProvider();
                var limiter = new RateLimiter(rate, time);
                var spent = new long[spenders];
                var readyAt = new TimeSpan[spenders];
                var quantum = limiter.Quantum;
                for (var step = 0; step < 100 * spenders; step++)
                {
                    var next = Array.IndexOf(readyAt, readyAt.Min());
                    var now = time.GetElapsedTime(0);
                    time.Advance(readyAt[next] > now ? readyAt[next] - now : TimeSpan.Zero);
                    spent[next] += quantum;
                    readyAt[next] = time.GetElapsedTime(0) + limiter.Spend(quantum);
                }

                var allowed = (time.GetElapsedTime(0).TotalSeconds * rate) + (quantum * (spenders + 1));
                return spent.Sum() <= allowed && spent.Max() - spent.Min() <= 2 * quantum;
            }).QuickCheckThrowOnFailure();
    }
}
