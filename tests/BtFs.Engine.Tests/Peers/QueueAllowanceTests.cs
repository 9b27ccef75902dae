using BtFs.Engine.Peers;

namespace BtFs.Engine.Tests.Peers;

public class QueueAllowanceTests
{
    private readonly QueueAllowance _allowance = new();

    [Fact]
    public void A_peer_that_runs_dry_is_given_more_but_never_a_whole_second_of_its_rate()
    {
        _allowance.RanDry(TimeSpan.FromSeconds(1));
        Assert.Equal(QueueAllowance.AtFirst * 1.25, _allowance.Within(10), 6);
        for (var i = 0; i < 100; i++)
        {
            _allowance.RanDry(TimeSpan.FromSeconds(2 + i));
        }

        Assert.Equal(QueueAllowance.Most, _allowance.Within(10));
    }

    [Fact]
    public void Running_dry_many_times_at_once_counts_once()
    {
        for (var i = 0; i < 100; i++)
        {
            _allowance.RanDry(TimeSpan.FromSeconds(1) + TimeSpan.FromMilliseconds(i));
        }

        Assert.Equal(QueueAllowance.AtFirst * 1.25, _allowance.Within(10), 6);
    }

    [Fact]
    public void As_long_as_it_does_not_run_dry_less_and_less_is_queued()
    {
        for (var second = 0; second < 600; second++)
        {
            _allowance.Ease(TimeSpan.FromSeconds(second));
        }

        Assert.Equal(QueueAllowance.Least, _allowance.Within(10));
    }

    [Fact]
    public void The_situation_may_permit_less()
    {
        Assert.Equal(0.1, _allowance.Within(0.1));
        Assert.Equal(0, _allowance.Within(0));
    }
}
