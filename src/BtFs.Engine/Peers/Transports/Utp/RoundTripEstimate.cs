namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>The round trip and how long to wait for an acknowledgement (BEP 29, "timeouts"). Microseconds.</summary>
internal sealed class RoundTripEstimate
{
    private long _variance;
    private int _doublings;

    /// <summary>Smoothed; null until one was measured.</summary>
    internal long? Smoothed { get; private set; }

    /// <summary>How long to wait now.</summary>
    internal long Timeout
    {
        get
        {
            var usual = Smoothed is { } mean ? Math.Max(mean + (4 * _variance), UtpLimits.MinTimeout) : UtpLimits.FirstTimeout;
            return Math.Min(usual << Math.Min(_doublings, 10), UtpLimits.MaxTimeout);
        }
    }

    /// <summary>A packet that was sent only once was acknowledged after so long.</summary>
    internal void Add(long sample)
    {
        if (Smoothed is { } mean)
        {
            _variance += (Math.Abs(mean - sample) - _variance) / 4;
            Smoothed = mean + ((sample - mean) / 8);
        }
        else
        {
            (Smoothed, _variance) = (sample, sample / 2);
        }
    }

    /// <summary>Nothing came in time: the next wait is twice as long.</summary>
    internal void Double() => _doublings++;

    /// <summary>Something new was acknowledged.</summary>
    internal void Progressed() => _doublings = 0;
}
