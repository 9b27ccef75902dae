namespace BtFs.Engine.Tests.Swarms;

/// <summary>How fast reads are answered in the swarms by which engines were compared, with fixed seeds: a regression shows here first.</summary>
/// <remarks>Virtual time: the figures are the scheduler's alone, the same on every machine. The table of all: <c>BtFs.Benchmarks swarm</c>.</remarks>
public class SchedulerBoundsTests
{
    /// <summary>What the peers of <c>uni</c> send together.</summary>
    private const double Uniform = 5_000_000;

    [Theory]
    [InlineData("uni", 0.50, 0.55, 4_600_000)]
    [InlineData("uni-tr", 0.50, 0.55, 4_600_000)]
    [InlineData("het", 0.60, 1.20, 5_200_000)]
    [InlineData("het-tr", 0.65, 1.30, 5_200_000)]
    [InlineData("link", 1.00, 1.80, 2_100_000)]
    [InlineData("steps", 0.20, 0.60, 4_000_000)]
    [InlineData("steps-tr", 0.60, 1.20, 4_000_000)]
    public void An_urgent_read_beside_a_background_download_is_about_as_fast_as_the_swarm_can_answer_it(string name, double median, double p90, double rate)
    {
        var runs = SeededRuns.Of(name);

        Assert.InRange(runs.Percentile(0.5), 0.1, median);
        Assert.InRange(runs.Percentile(0.9), 0.1, p90);
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

    /// <summary>A round trip, and the piece's length by the rates of all peers, is 0.3 s in <c>uni</c> and 0.2 in <c>het</c>.</summary>
    [Theory]
    [InlineData("uni-alone", 0.40, 0.50)]
    [InlineData("het-alone", 0.39, 0.60)]
    public void An_urgent_read_beside_nothing_costs_little_more_than_a_round_trip_and_its_share_of_every_peer(string name, double median, double p90)
    {
        var runs = SeededRuns.Of(name);

        Assert.InRange(runs.Percentile(0.5), 0.15, median);
        Assert.InRange(runs.Percentile(0.9), 0.15, p90);
    }

    [Fact]
    public void Peers_that_come_and_go_do_not_hold_up_a_read()
    {
        var runs = SeededRuns.Of("churn");

        Assert.InRange(runs.Percentile(0.5), 0.2, 0.75);
        Assert.InRange(runs.Percentile(0.9), 0.2, 1.3);
    }

    [Theory]
    [InlineData("uni", 0.01)]
    [InlineData("het", 0.04)]
    [InlineData("copy-uni", 0.01)]
    [InlineData("copy-het", 0.04)]
    [InlineData("copy-link", 0.03)]
    public void Few_blocks_come_twice(string name, double most)
    {
        Assert.InRange(SeededRuns.Of(name).UselessShare, 0, most);
    }

    /// <summary>With its stalls, <c>het</c> can send 6.28 MB/s: a block of a peer costs 16 KiB by its rate, and 9 ms.</summary>
    [Theory]
    [InlineData("copy-uni", 0.95 * Uniform)]
    [InlineData("copy-steps", 0.95 * Uniform)]
    [InlineData("copy-het", 0.95 * 6_280_000)]
    [InlineData("copy-link", 0.95 * 2_500_000)]
    public void A_copy_gets_nearly_all_that_the_swarm_can_send(string name, double least)
    {
        Assert.InRange(SeededRuns.Of(name).CopyRate, least, 7_000_000);
    }

    [Theory]
    [InlineData("play-uni", 0.35, 0.001)]
    [InlineData("play-link", 0.75, 0.01)]
    public void A_player_that_jumps_goes_on_soon_and_hardly_ever_stands_still_between_jumps(string name, double median, double still)
    {
        var runs = SeededRuns.Of(name);

        Assert.InRange(runs.Percentile(0.5), 0.1, median);
        Assert.InRange(runs.PlayerStalledSeconds / runs.Seconds, 0, still);
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
