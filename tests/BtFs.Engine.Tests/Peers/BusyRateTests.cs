using BtFs.Engine.Layout;
using BtFs.Engine.Peers;

namespace BtFs.Engine.Tests.Peers;

public class BusyRateTests
{
    private const int Block = TorrentLayout.BlockLength;
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(400);
    private readonly BusyRate _rate = new(guess: 500_000);

    [Fact]
    public void A_guess_holds_until_something_was_measured()
    {
        Assert.Equal(500_000, _rate.Value);
        Assert.False(_rate.IsMeasured);
    }

    [Fact]
    public void A_peer_that_sends_its_share_in_steps_and_is_idle_in_between_is_measured_at_that_share()
    {
        // Two blocks at a time, seven times at once, and then nothing for half a second: 14 blocks in each step.
        var now = TimeSpan.Zero;
        for (var step = 0; step < 20; step++)
        {
            for (var spell = 0; spell < 7; spell++)
            {
                var wait = TimeSpan.FromMilliseconds(spell == 0 ? 493 : 1);
                _rate.Begin(now);
                now += wait;
                _rate.Add(now, Block, Window);
                _rate.Add(now, Block, Window);
                _rate.End(now);
            }
        }

        Assert.InRange(_rate.Value, 0.9 * 14 * Block / 0.5, 1.1 * 14 * Block / 0.5);
    }

    [Fact]
    public void A_short_burst_says_nothing_yet()
    {
        _rate.Begin(TimeSpan.Zero);
        for (var i = 1; i <= 20; i++)
        {
            _rate.Add(TimeSpan.FromMilliseconds(i), Block, Window);
        }

        Assert.False(_rate.End(TimeSpan.FromMilliseconds(20)));
        Assert.False(_rate.IsMeasured);
    }

    [Fact]
    public void Time_in_which_nothing_is_owed_or_nothing_can_have_come_does_not_count()
    {
        for (var second = 0; second < 10; second++)
        {
            var asked = TimeSpan.FromSeconds(second * 100);
            var first = asked + TimeSpan.FromMilliseconds(80);
            _rate.Begin(first);
            for (var i = 1; i <= 10; i++)
            {
                _rate.Add(first + TimeSpan.FromMilliseconds(10 * i), Block, Window);
            }

            _rate.End(first + TimeSpan.FromMilliseconds(100));
        }

        Assert.InRange(_rate.Value, 1_600_000, 1_680_000);
    }
}
