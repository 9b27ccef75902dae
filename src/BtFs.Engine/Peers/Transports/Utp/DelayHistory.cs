namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>One-way delays by two clocks that know nothing of each other: only their differences mean something (RFC 6817, 2.4.2 and 3.4).</summary>
/// <remarks>All arithmetic wraps around: a clock of microseconds in 32 bits does so every 71 minutes.</remarks>
internal sealed class DelayHistory
{
    /// <summary>RFC 6817's BASE_HISTORY: the lowest delay of each of the last ten minutes.</summary>
    internal const int Minutes = 10;

    /// <summary>RFC 6817's CURRENT_FILTER: of so many samples the lowest counts, since a single one may have met a busy processor.</summary>
    internal const int Recent = 4;

    private const long Minute = 60 * UtpLimits.Second;

    private readonly uint[] _lows = new uint[Minutes];
    private readonly uint[] _recent = new uint[Recent];
    private int _samples;
    private int _minutes;
    private long _minuteEnds;

    /// <summary>Whether anything was measured.</summary>
    internal bool IsMeasured => _samples > 0;

    /// <summary>The delay of the path itself, as far as it has been seen.</summary>
    internal uint Base { get; private set; }

    /// <summary>Microseconds that packets have lately spent in queues.</summary>
    internal long Queuing
    {
        get
        {
            var lowest = _recent[0];
            for (var i = 1; i < Math.Min(_samples, Recent); i++)
            {
                lowest = Lower(lowest, _recent[i]);
            }

            return IsMeasured ? Math.Max(0, Above(lowest, Base)) : 0;
        }
    }

    internal void Add(uint delay, long now)
    {
        _recent[_samples % Recent] = delay;
        _samples = _samples == int.MaxValue - 1 ? Recent : _samples + 1;
        if (_minutes == 0 || now >= _minuteEnds)
        {
            _lows[_minutes % Minutes] = delay;
            _minutes = _minutes == int.MaxValue - 1 ? Minutes : _minutes + 1;
            _minuteEnds = now + Minute;
        }

        ref var low = ref _lows[(_minutes - 1) % Minutes];
        low = Lower(low, delay);
        FindBase();
    }

    /// <summary>One clock runs faster than the other: everything measured so far was so much too low.</summary>
    internal void Shift(uint by)
    {
        for (var i = 0; i < Math.Min(_minutes, Minutes); i++)
        {
            _lows[i] = unchecked(_lows[i] + by);
        }

        FindBase();
    }

    /// <summary>How much a delay is above another; negative when it is below.</summary>
    internal static int Above(uint delay, uint other) => unchecked((int)(delay - other));

    private static uint Lower(uint one, uint other) => Above(one, other) < 0 ? one : other;

    private void FindBase()
    {
        Base = _lows[0];
        for (var i = 1; i < Math.Min(_minutes, Minutes); i++)
        {
            Base = Lower(Base, _lows[i]);
        }
    }
}
