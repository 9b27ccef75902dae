using BtFs.Engine.Peers;

namespace BtFs.Engine.Tests.Peers;

public class UploadLimitTests
{
    private const int Block = 16 * 1024;
    private const int BlocksOfStep = 15;

    // The first pause only tells where the first step begins.
    private const int EnoughSteps = 6;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(0.5);

    private readonly UploadLimit _limit = new();
    private TimeSpan _lastSign;

    [Fact]
    public void What_a_peer_sends_in_steps_is_its_limit()
    {
        SendSteps(_limit, EnoughSteps);

        Assert.True(_limit.IsPaced);
        Assert.InRange(_limit.Rate, 0.95 * BlocksOfStep * Block / Step.TotalSeconds, 1.05 * BlocksOfStep * Block / Step.TotalSeconds);
    }

    [Fact]
    public void A_peer_that_sends_evenly_has_no_limit_however_slow_it_is()
    {
        _limit.Asked(TimeSpan.Zero, Block, isUrgent: false, wasIdle: true);
        for (var i = 1; i < 100; i++)
        {
            var now = TimeSpan.FromSeconds(0.3 * i);
            _limit.Answered(now, Block, asked: now - Step, pause: 0.3, now - TimeSpan.FromSeconds(0.3), isIdle: false);
            _limit.Age(now);
        }

        Assert.False(_limit.IsPaced);
        Assert.Equal(int.MaxValue, _limit.Room(TimeSpan.FromSeconds(31)));
    }

    [Fact]
    public void A_peer_that_stops_now_and_then_has_no_limit()
    {
        var random = new Random(1);
        var now = TimeSpan.Zero;
        _limit.Asked(now, Block, isUrgent: false, wasIdle: true);
        for (var i = 0; i < 400; i++)
        {
            var pause = 0.3 + (0.8 * random.NextDouble());
            now += TimeSpan.FromSeconds(pause);
            _limit.Answered(now, Block, asked: now - Step, pause, now - TimeSpan.FromSeconds(pause), isIdle: false);
            for (var block = 0; block < BlocksOfStep; block++)
            {
                now += TimeSpan.FromSeconds(0.01);
                _limit.Answered(now, Block, asked: now - Step, pause: 0, now, isIdle: false);
            }

            _limit.Age(now);
            Assert.False(_limit.IsPaced);
        }
    }

    [Fact]
    public void A_paced_peer_is_asked_for_nine_tenths_of_its_limit_what_readers_wait_for_included()
    {
        var start = SendSteps(_limit, EnoughSteps);
        var asked = 0;
        for (var at = start; at < start + TimeSpan.FromSeconds(10); at += TimeSpan.FromMilliseconds(100))
        {
            for (var room = _limit.Room(at); room > 0; room--, asked++)
            {
                _limit.Asked(at, Block, isUrgent: asked % 10 == 0, wasIdle: true);
            }
        }

        Assert.InRange(asked * Block / 10.0, 0.85 * _limit.Rate, UploadLimit.PacedShare * _limit.Rate);
    }

    [Fact]
    public void After_an_urgent_read_nothing_else_is_asked_until_it_is_made_up_for()
    {
        var now = SendSteps(_limit, EnoughSteps) + TimeSpan.FromSeconds(5);
        Assert.True(_limit.Room(now) > 0);
        for (var i = 0; i < 7; i++)
        {
            _limit.Asked(now, Block, isUrgent: true, wasIdle: i == 0);
        }

        Assert.Equal(0, _limit.Room(now + TimeSpan.FromMilliseconds(50)));
        Assert.True(_limit.Room(now + TimeSpan.FromMilliseconds(500)) > 0);
    }

    [Fact]
    public void A_limit_is_looked_for_again_after_a_minute_and_forgotten_if_it_is_gone()
    {
        var now = SendSteps(_limit, EnoughSteps);
        _limit.Age(now + TimeSpan.FromSeconds(59));
        Assert.True(_limit.IsPaced);

        _limit.Age(now + TimeSpan.FromSeconds(61));
        Assert.False(_limit.IsPaced);
        Assert.True(double.IsFinite(_limit.Rate));

        _limit.Age(now + TimeSpan.FromSeconds(66));
        Assert.True(double.IsPositiveInfinity(_limit.Rate));
    }

    [Fact]
    public void A_paced_peer_that_still_pauses_is_asked_for_less()
    {
        var now = SendSteps(_limit, EnoughSteps) + TimeSpan.FromSeconds(2);
        var before = _limit.Rate;
        _limit.Asked(now, Block, isUrgent: false, wasIdle: true);
        _limit.Answered(now + Step, Block, asked: now, pause: 0.5, now, isIdle: true);

        Assert.InRange(_limit.Rate, 0.9 * before, 0.99 * before);
    }

    [Fact]
    public void A_peer_that_serves_in_pulses_is_not_limited_by_what_little_it_was_asked_for()
    {
        var pulsed = new UploadLimit(servesInPulses: true);
        SendSteps(pulsed, 8, queued: 4, askedBefore: TimeSpan.FromMilliseconds(450));
        Assert.False(pulsed.IsPaced);

        SendSteps(pulsed, 8, queued: BlocksOfStep, askedBefore: TimeSpan.FromMilliseconds(700));
        Assert.True(pulsed.IsPaced);
    }

    /// <summary>The peer always owes something and sends some blocks at once every half second.</summary>
    /// <returns>When the last of them came.</returns>
    private TimeSpan SendSteps(UploadLimit limit, int steps, int queued = BlocksOfStep, TimeSpan askedBefore = default)
    {
        var start = _lastSign;
        limit.Asked(start, Block, isUrgent: false, wasIdle: true);
        for (var step = 1; step <= steps; step++)
        {
            var now = start + (step * Step);
            limit.Answered(now, Block, asked: now - askedBefore, (now - _lastSign).TotalSeconds, _lastSign, isIdle: false);
            for (var i = 1; i < queued; i++)
            {
                limit.Answered(now, Block, asked: now - askedBefore, pause: 0, now, isIdle: false);
            }

            _lastSign = now;
            limit.Age(now);
        }

        return _lastSign;
    }
}
