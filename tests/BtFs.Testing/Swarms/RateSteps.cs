namespace BtFs.Testing.Swarms;

/// <summary>A rate limiter that hands out its rate in steps: nothing for a while, then all of a step's share at once.</summary>
internal sealed class RateSteps(double rate, TimeSpan step, TimeSpan phase, TimeSpan saves, bool servesInPulses)
{
    /// <summary>What one block takes when there is a share for it.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(0.1);

    private readonly double _share = rate * step.TotalSeconds;
    private readonly double _most = rate * (step + saves).TotalSeconds;
    private long _number = -1;
    private TimeSpan _busyUntil;
    private double _left;

    /// <summary>When a block is sent that is ready at a time.</summary>
    internal TimeSpan Next(TimeSpan ready, int bytes)
    {
        var number = (long)Math.Floor((ready - phase) / step);
        if (servesInPulses && ready > _busyUntil && ready > phase + (step * number))
        {
            // It has written all that it was asked for before, and looks again when the next share is there.
            number++;
        }

        if (number > _number)
        {
            // A share that was overdrawn is paid back; one that was not used is gone, or saved up.
            _left = Math.Min(_left + (_share * (number - _number)), _most);
            _number = number;
        }

        while (_left <= 0)
        {
            _number++;
            _left += _share;
        }

        _left -= bytes;
        var begins = phase + (step * _number);
        _busyUntil = (begins > ready ? begins : ready) + AtOnce;
        return _busyUntil;
    }
}
