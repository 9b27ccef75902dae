using BtFs.Engine.Peers;

namespace BtFs.Engine.Tests.Peers;

public class PeerSpeedTests
{
    private const int Block = 16 * 1024;
    private readonly PeerSpeed _speed = new();

    [Fact]
    public void A_steady_peer_is_measured_at_its_rate()
    {
        Deliver(blocks: 200, every: TimeSpan.FromMilliseconds(10));

        Assert.True(_speed.IsMeasured);
        Assert.InRange(_speed.Rate, 1_500_000, 1_750_000);
    }

    [Fact]
    public void A_peer_that_was_left_idle_does_not_look_slow()
    {
        var end = Deliver(blocks: 200, every: TimeSpan.FromMilliseconds(10));
        var before = _speed.Rate;
        Deliver(blocks: 200, every: TimeSpan.FromMilliseconds(10), from: end + TimeSpan.FromHours(1));

        Assert.InRange(_speed.Rate, before * 0.9, before * 1.1);
    }

    [Fact]
    public void A_peer_that_owes_and_sends_nothing_is_silent_until_it_sends()
    {
        _speed.Asked(TimeSpan.Zero, wasIdle: true);
        Assert.False(_speed.IsSilent(TimeSpan.FromMilliseconds(100)));
        Assert.True(_speed.IsSilent(TimeSpan.FromSeconds(2)));

        _speed.Answered(TimeSpan.FromSeconds(2), Block, isIdle: false, asked: TimeSpan.Zero, due: TimeSpan.FromSeconds(2));
        Assert.False(_speed.IsSilent(TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void A_peer_that_owes_nothing_is_idle_and_not_silent_however_its_requests_ended()
    {
        _speed.Asked(TimeSpan.Zero, wasIdle: true);
        _speed.Rested();

        Assert.False(_speed.IsSilent(TimeSpan.FromHours(1)));
    }

    [Fact]
    public void Time_in_which_we_did_not_listen_is_not_held_against_the_peer()
    {
        _speed.Asked(TimeSpan.Zero, wasIdle: true);
        _speed.Excused(TimeSpan.FromSeconds(60));

        Assert.False(_speed.IsSilent(TimeSpan.FromSeconds(60.1)));
        Assert.Equal(TimeSpan.FromSeconds(60), _speed.LastSign);
    }

    [Fact]
    public void A_fast_peer_is_given_more_to_do_than_a_slow_one()
    {
        var slow = new PeerSpeed();
        Deliver(blocks: 400, every: TimeSpan.FromMilliseconds(1));
        Deliver(blocks: 40, every: TimeSpan.FromMilliseconds(100), speed: slow);

        Assert.True(_speed.Depth(0.25) > 10 * slow.Depth(0.25), $"{_speed.Depth(0.25)} and {slow.Depth(0.25)}");
        Assert.True(_speed.EtaAtRest < slow.EtaAtRest);
    }

    private TimeSpan Deliver(int blocks, TimeSpan every, TimeSpan from = default, PeerSpeed? speed = null)
    {
        var measured = speed ?? _speed;
        measured.Asked(from, wasIdle: true);
        for (var i = 1; i <= blocks; i++)
        {
            measured.Answered(from + (i * every), Block, isIdle: i == blocks, asked: from, due: from + (i * every));
        }

        return from + (blocks * every);
    }
}
