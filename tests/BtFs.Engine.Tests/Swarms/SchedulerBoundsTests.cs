namespace BtFs.Engine.Tests.Swarms;

/// <summary>How fast reads are answered in the swarms by which engines were compared, with fixed seeds: a regression shows here first.</summary>
/// <remarks>Virtual time: the figures are the scheduler's alone, the same on every machine. The table of all: <c>BtFs.Benchmarks swarm</c>.</remarks>
public class SchedulerBoundsTests
{
    /// <summary>What the peers of <c>uni</c> send together.</summary>
    private const double Uniform = 5_000_000;

    [Theory]
    [InlineData("uni", 0.65, 0.70, 4_850_000)]
    [InlineData("uni-tr", 0.65, 0.70, 4_850_000)]
    [InlineData("het", 0.75, 1.50, 5_900_000)]
    [InlineData("link", 1.35, 1.80, 2_350_000)]
    public void An_urgent_read_beside_a_background_download_is_no_slower_than_it_was(string name, double median, double p90, double rate)
    {
        var runs = SeededRuns.Of(name);

        Assert.InRange(runs.Percentile(0.5), 0.2, median);
        Assert.InRange(runs.Percentile(0.9), 0.2, p90);
        Assert.InRange(runs.UsefulRate, rate, 10_000_000);
    }

    [Theory]
    [InlineData("silent")]
    [InlineData("stallers")]
    public void Peers_that_take_requests_and_stall_cost_less_than_half_of_an_urgent_reads_speed(string name)
    {
        var without = SeededRuns.Of("uni");
        var with = SeededRuns.Of(name);

        Assert.InRange(with.Percentile(0.9), 0, 2 * without.Percentile(0.9));
    }

    [Fact]
    public void Peers_that_come_and_go_do_not_hold_up_a_read()
    {
        var runs = SeededRuns.Of("churn");

        Assert.InRange(runs.Percentile(0.5), 0.2, 0.85);
        Assert.InRange(runs.Percentile(0.9), 0.2, 1.7);
    }

    [Theory]
    [InlineData("uni", 0.01)]
    [InlineData("het", 0.04)]
    public void Few_blocks_come_twice(string name, double most)
    {
        Assert.InRange(SeededRuns.Of(name).UselessShare, 0, most);
    }

    [Fact]
    public void A_copy_beside_random_reads_gets_what_they_leave()
    {
        Assert.InRange(SeededRuns.Of("copy+rnd-uni").UsefulRate, 0.95 * Uniform, Uniform * 1.01);
    }

    [Fact]
    public void Sixty_four_copies_share_the_swarm_and_none_starves()
    {
        var runs = SeededRuns.Of("64-readers", seeds: 2);

        Assert.InRange(runs.UsefulRate, 0.8 * Uniform, Uniform * 1.01);
        Assert.InRange(runs.SlowestCopy, 1, long.MaxValue);
    }
}
