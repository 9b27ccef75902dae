namespace BtFs.Engine.Peers;

/// <summary>How long a connection has been quiet, each way, and one timer that looks again when that may matter. Thread-safe.</summary>
/// <remarks>While we do not receive (the disk is behind, the rate is spent), the peer's silence is our own.</remarks>
internal sealed class PeerPulse : IAsyncDisposable
{
    private const long NotNow = long.MinValue;

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(10);

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _receivingSince = NotNow;
    private long _sendingSince = NotNow;
    private long _sentAt;

    /// <param name="time">The clock.</param>
    /// <param name="check">Called on a timer's thread; must not throw, and asks for the next call by <see cref="CheckWithin"/>.</param>
    internal PeerPulse(TimeProvider time, Action check)
    {
        _time = time;
        _timer = time.CreateTimer(static call => ((Action)call!)(), check, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _sentAt = time.GetTimestamp();
    }

    /// <summary>Whether nothing has come for <see cref="PeerLimits.IdleTimeout"/>.</summary>
    internal bool PeerIsSilent => LeftOf(ref _receivingSince) <= TimeSpan.Zero;

    /// <summary>Whether one send has waited for <see cref="PeerLimits.IdleTimeout"/>.</summary>
    internal bool PeerIsDeaf => LeftOf(ref _sendingSince) <= TimeSpan.Zero;

    /// <summary>A receive starts to wait.</summary>
    internal void ReceiveBegins() => Volatile.Write(ref _receivingSince, _time.GetTimestamp());

    /// <summary>A receive is over.</summary>
    internal void ReceiveEnds() => Volatile.Write(ref _receivingSince, NotNow);

    /// <summary>A send starts.</summary>
    internal void SendBegins() => Volatile.Write(ref _sendingSince, _time.GetTimestamp());

    /// <summary>A send is done.</summary>
    internal void SendEnds()
    {
        Volatile.Write(ref _sendingSince, NotNow);
        Volatile.Write(ref _sentAt, _time.GetTimestamp());
    }

    /// <summary>Whether a keep-alive should be sent; says so once for each time it should.</summary>
    internal bool TakeKeepAlive()
    {
        if (KeepAliveIn > TimeSpan.Zero)
        {
            return false;
        }

        Volatile.Write(ref _sentAt, _time.GetTimestamp());
        return true;
    }

    /// <summary>Has the next check made when the first of these may be due, or after <paramref name="other"/> if that is sooner.</summary>
    internal void CheckWithin(TimeSpan? other)
    {
        var next = Sooner(KeepAliveIn, Sooner(LeftOf(ref _receivingSince), LeftOf(ref _sendingSince)));
        next = other is { } wait ? Sooner(next, wait) : next;
        _timer.Change(next > ShortestWait ? next : ShortestWait, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private TimeSpan KeepAliveIn => PeerLimits.KeepAliveAfter - _time.GetElapsedTime(Volatile.Read(ref _sentAt));

    private TimeSpan LeftOf(ref long since)
    {
        var began = Volatile.Read(ref since);
        return began == NotNow ? PeerLimits.IdleTimeout : PeerLimits.IdleTimeout - _time.GetElapsedTime(began);
    }

    private static TimeSpan Sooner(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
