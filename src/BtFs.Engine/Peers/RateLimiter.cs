namespace BtFs.Engine.Peers;

/// <summary>A rate shared by everybody who spends from it, in the order of spending. Thread-safe; allocates nothing.</summary>
/// <remarks>
/// What is spent is paid afterwards: each spender waits until everything up to and including its own amount is paid, so nobody
/// starves and the long-run rate is exact. Amounts of at most <see cref="Quantum"/> keep it smooth.
/// </remarks>
internal sealed class RateLimiter
{
    private const int SmallestQuantum = 1024;
    private const int LargestQuantum = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly int _burst;
    private double _ticksPerUnit;
    private long _burstTicks;

    private bool _isLimited;

    // The time at which all that has been spent is paid.
    private long _paidAt = long.MinValue;

    /// <param name="perSecond">Units (bytes, messages, dials) a second; 0 is no limit.</param>
    /// <param name="time">The clock.</param>
    /// <param name="burst">Units that may be spent at once after a pause.</param>
    internal RateLimiter(long perSecond, TimeProvider time, int burst = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(perSecond);
        ArgumentOutOfRangeException.ThrowIfNegative(burst);
        _time = time;
        _burst = burst;
        SetRate(perSecond);
    }

    /// <summary>Whether there is a limit at all.</summary>
    internal bool IsLimited => Volatile.Read(ref _isLimited);

    /// <summary>The most bytes to move in one step.</summary>
    internal int Quantum { get; private set; } = int.MaxValue;

    /// <summary>Another rate from now on; what was spent is paid at the old one.</summary>
    /// <param name="perSecond">Units a second; 0 is no limit.</param>
    internal void SetRate(long perSecond)
    {
        lock (_lock)
        {
            if (perSecond > 0)
            {
                _ticksPerUnit = (double)_time.TimestampFrequency / perSecond;
                _burstTicks = (long)(_burst * _ticksPerUnit);
            }

            // 20 ms worth: below what a reader notices.
            Quantum = perSecond > 0 ? (int)Math.Clamp(perSecond / 50, SmallestQuantum, LargestQuantum) : int.MaxValue;
            Volatile.Write(ref _isLimited, perSecond > 0);
        }
    }

    /// <summary>Spends, and tells how long to wait before spending again.</summary>
    /// <param name="units">0 or more.</param>
    internal TimeSpan Spend(int units)
    {
        if (!IsLimited || units == 0)
        {
            return TimeSpan.Zero;
        }

        var now = _time.GetTimestamp();
        lock (_lock)
        {
            _paidAt = Math.Max(_paidAt, now - _burstTicks) + (long)(units * _ticksPerUnit);
            return _paidAt > now ? _time.GetElapsedTime(now, _paidAt) : TimeSpan.Zero;
        }
    }
}
