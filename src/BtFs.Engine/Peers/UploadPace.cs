namespace BtFs.Engine.Peers;

/// <summary>When one session may send its next block. Used by its send pump only.</summary>
internal sealed class UploadPace : IAsyncDisposable
{
    // Timers count in milliseconds.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly RateLimiter _limiter;
    private readonly TimeProvider _time;
    private readonly ITimer _wake;
    private TimeSpan _wait;
    private long _waitsSince;

    /// <param name="limiter">Shared by all sessions.</param>
    /// <param name="time">The clock.</param>
    /// <param name="pump">Set when a wait is over.</param>
    internal UploadPace(RateLimiter limiter, TimeProvider time, PumpSignal pump)
    {
        _limiter = limiter;
        _time = time;
        _wake = time.CreateTimer(static signal => ((PumpSignal)signal!).Set(), pump, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many blocks may be sent now.</summary>
    internal int BlocksAllowed => !_limiter.IsLimited ? int.MaxValue : Left > TimeSpan.Zero ? 0 : 1;

    private TimeSpan Left => _wait == TimeSpan.Zero ? TimeSpan.Zero : _wait - _time.GetElapsedTime(_waitsSince);

    /// <summary>Notes bytes of blocks that were sent, 0 or more.</summary>
    internal void Spend(int blockBytes)
    {
        if (blockBytes > 0)
        {
            _wait = _limiter.Spend(blockBytes);
            _waitsSince = _time.GetTimestamp();
        }
    }

    /// <summary>Signals the pump once a block may be sent.</summary>
    internal void WakeWhenAllowed()
    {
        var left = Left;
        _wake.Change(left > ShortestWait ? left : ShortestWait, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _wake.DisposeAsync();
}
