using BtFs.Engine.Peers;

namespace BtFs.Engine.Tests.Peers;

/// <summary>Uploads that would take all they can get, on a line with a long queue.</summary>
public class UplinkGuardTests
{
    private const double Megabit = 125_000;

    private readonly UplinkGuard _guard = new();
    private TimeSpan _now;
    private double _queued;
    private double _smoothed;

    [Theory]
    [InlineData(Megabit)]
    [InlineData(4 * Megabit)]
    [InlineData(40 * Megabit)]
    public void The_queue_stays_short_and_most_of_the_line_is_used(double line)
    {
        Run(line, TimeSpan.FromSeconds(20));
        var (worst, sent) = Run(line, TimeSpan.FromMinutes(2));

        Assert.InRange(worst.TotalMilliseconds, 0, 250);
        Assert.InRange(sent / 120 / line, 0.6, 1.01);
    }

    [Fact]
    public void A_line_that_takes_all_there_is_to_send_is_not_limited()
    {
        Run(10 * Megabit, TimeSpan.FromMinutes(1), demand: Megabit);

        Assert.Null(_guard.Limit);
    }

    [Fact]
    public void A_line_that_becomes_faster_is_used_within_a_minute_or_two()
    {
        Run(Megabit, TimeSpan.FromMinutes(1));
        Run(4 * Megabit, TimeSpan.FromMinutes(1.5));
        var (_, sent) = Run(4 * Megabit, TimeSpan.FromMinutes(1));

        Assert.InRange(sent / 60, 2 * Megabit, 4.1 * Megabit);
    }

    [Fact]
    public void A_queue_that_does_not_fall_when_less_is_sent_is_left_alone()
    {
        var sent = 0.0;
        for (var i = 0; i < 240; i++)
        {
            var bytes = Math.Min(_guard.Limit ?? double.MaxValue, Megabit) / 2;
            sent += bytes;
            Look((long)bytes, TimeSpan.FromMilliseconds(600));
        }

        Assert.InRange(sent / 120 / Megabit, 0.3, 0.9);
    }

    [Fact]
    public void A_queue_of_100_ms_is_allowed_and_a_longer_one_is_not()
    {
        Look(100_000, UplinkGuard.Bound);
        Look(100_000, UplinkGuard.Bound);
        Assert.Null(_guard.Limit);

        for (var i = 0; i < 5; i++)
        {
            Look(100_000, UplinkGuard.Bound + TimeSpan.FromMilliseconds(1));
        }

        Assert.NotNull(_guard.Limit);
    }

    [Fact]
    public void A_minute_after_the_last_upload_nothing_is_known_of_the_line_any_more()
    {
        Run(Megabit, TimeSpan.FromMinutes(1));
        Assert.NotNull(_guard.Limit);
        _now += UplinkGuard.Memory - UplinkGuard.LookEvery;
        Look(0, null);
        Assert.NotNull(_guard.Limit);
        Look(0, null);
        Assert.Null(_guard.Limit);
    }

    [Fact]
    public void Something_is_sent_whatever_the_queue()
    {
        for (var i = 0; i < 1_000; i++)
        {
            Look(1, TimeSpan.FromSeconds(5));
            Assert.InRange(_guard.Limit ?? double.MaxValue, UplinkGuard.Least, double.MaxValue);
        }
    }

    /// <summary>Lets uploads take what the guard and the kernel's windows allow: a quarter of a megabyte on its way, or half a second of the line.</summary>
    private (TimeSpan Worst, double Sent) Run(double line, TimeSpan time, double demand = double.MaxValue)
    {
        const int Steps = 50;
        var worst = TimeSpan.Zero;
        var all = 0.0;
        for (var left = time; left > TimeSpan.Zero; left -= UplinkGuard.LookEvery)
        {
            var sent = 0.0;
            for (var i = 0; i < Steps; i++)
            {
                var seconds = UplinkGuard.LookEvery.TotalSeconds / Steps;
                var room = Math.Max(0, Math.Max(250_000, line / 2) - _queued);
                var bytes = Math.Min(room, Math.Min(_guard.Limit ?? double.MaxValue, Math.Min(demand, 20 * line)) * seconds);
                _queued = Math.Max(0, _queued + bytes - (line * seconds));
                sent += bytes;

                // The kernel's smoothed round trip, of a few samples in each step.
                _smoothed += ((_queued / line) - _smoothed) * 0.2;
                worst = TimeSpan.FromSeconds(Math.Max(worst.TotalSeconds, _queued / line));
            }

            all += sent;
            Look((long)sent, TimeSpan.FromSeconds(_smoothed));
        }

        return (worst, all);
    }

    private void Look(long sent, TimeSpan? queue)
    {
        _now += UplinkGuard.LookEvery;
        _guard.Look(_now, sent, queue);
    }
}
