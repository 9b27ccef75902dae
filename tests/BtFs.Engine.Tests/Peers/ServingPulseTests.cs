using BtFs.Engine.Peers;

namespace BtFs.Engine.Tests.Peers;

public class ServingPulseTests
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(ServingPulse.Period);
    private readonly ServingPulse _pulse = new();

    [Fact]
    public void Answers_that_come_every_half_second_are_expected_at_the_next()
    {
        var last = Beat(5);

        Assert.True(_pulse.IsSeen);
        Assert.Equal(0.3, _pulse.Wait(last + TimeSpan.FromSeconds(0.2), roundTrip: 0.05), 3);
        Assert.Equal(0.3, _pulse.Wait(last + TimeSpan.FromSeconds(3.2), roundTrip: 0.05), 3);
    }

    [Fact]
    public void A_request_that_would_come_too_late_for_a_beat_waits_for_the_one_after()
    {
        var last = Beat(5);

        Assert.Equal(0.54, _pulse.Wait(last + TimeSpan.FromSeconds(0.46), roundTrip: 0.05), 3);
    }

    [Fact]
    public void Pauses_of_any_length_are_no_pulse()
    {
        var now = TimeSpan.Zero;
        foreach (var pause in (double[])[0.6, 0.27, 0.8, 0.33, 0.71, 0.18, 0.9, 0.64])
        {
            now += TimeSpan.FromSeconds(pause);
            _pulse.Answered(now, pause);
        }

        Assert.False(_pulse.IsSeen);
    }

    [Fact]
    public void A_peer_that_begins_to_answer_at_once_is_no_longer_waited_for()
    {
        var now = Beat(5);
        for (var i = 0; i < 200; i++)
        {
            now += TimeSpan.FromMilliseconds(10);
            _pulse.Answered(now, pause: 0.01);
        }

        Assert.False(_pulse.IsSeen);
    }

    private TimeSpan Beat(int times)
    {
        var now = TimeSpan.FromSeconds(1.1);
        for (var i = 0; i < times; i++)
        {
            now += Period;
            _pulse.Answered(now, pause: 0.4);
            _pulse.Answered(now, pause: 0);
        }

        return now;
    }
}
