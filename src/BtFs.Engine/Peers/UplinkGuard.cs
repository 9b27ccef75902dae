namespace BtFs.Engine.Peers;

/// <summary>Keeps uploads below what the line takes, so that whatever else is sent by it does not wait behind them. Pure: looks and time in, a rate out.</summary>
/// <remarks>
/// As LEDBAT (RFC 6817) does it, but over all TCP connections together: a queue of more than <see cref="Bound"/> has the rate cut, and while
/// there is less it grows. A queue that does not fall when we send less is not of our making, and is left alone for a while: it may be in front of
/// our own downloads, or somebody else's.
/// </remarks>
internal sealed class UplinkGuard
{
    /// <summary>The queue that we allow ourselves, above the shortest round trip of a connection.</summary>
    internal static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(100);

    /// <summary>How often to look.</summary>
    internal static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Bytes a second that are sent whatever the queue.</summary>
    internal const double Least = 8_000;

    /// <summary>How long a cut is given to show: the queue has to drain, and the kernel's round trip is a smoothed one.</summary>
    internal static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    /// <summary>Cuts in a row that changed nothing, after which the queue is not ours.</summary>
    internal const int Futile = 3;

    /// <summary>How long such a queue is left alone, and how long after the last upload nothing is known of the line any more.</summary>
    internal static readonly TimeSpan Memory = TimeSpan.FromSeconds(60);

    /// <summary>A cut has worked when the queue is shorter by this part.</summary>
    private const double Relief = 0.9;

    private double _rate;
    private double _rateBefore;
    private TimeSpan _queueBefore;
    private TimeSpan _last;
    private TimeSpan _cutAt;
    private TimeSpan _sentAt;
    private TimeSpan _blindUntil;
    private int _futile;

    /// <summary>Bytes a second that may be sent; null for any.</summary>
    internal double? Limit { get; private set; }

    /// <summary>To be called every <see cref="LookEvery"/>.</summary>
    /// <param name="now">The time.</param>
    /// <param name="sent">Bytes of blocks sent since the last look.</param>
    /// <param name="queue">The shortest queue on the way to the peers they went to; null where nobody can tell.</param>
    internal void Look(TimeSpan now, long sent, TimeSpan? queue)
    {
        var passed = (now - _last).TotalSeconds;
        _last = now;
        if (passed > 0)
        {
            // Over some two seconds: what goes into the kernel goes in steps.
            _rate += ((sent / passed) - _rate) * Math.Min(1, passed / Settling.TotalSeconds);
        }

        _sentAt = sent > 0 ? now : _sentAt;
        if (now - _sentAt > Memory)
        {
            Limit = null;
            _futile = 0;
        }
        else if (queue > Bound)
        {
            if (now >= _blindUntil && now - _cutAt >= Settling)
            {
                Cut(queue.Value, now);
            }
        }
        else if (queue is not null)
        {
            _futile = 0;
            if (Limit is { } limit && _rate > limit / 2)
            {
                Limit = limit + Math.Max(limit / 50, 1_000);
            }
        }
    }

    private void Cut(TimeSpan queue, TimeSpan now)
    {
        if (_futile > 0 && queue < _queueBefore * Relief)
        {
            // It is draining.
            (_queueBefore, _cutAt, _futile) = (queue, now, 1);
            return;
        }

        if (_futile == 0)
        {
            _rateBefore = Math.Min(Limit ?? double.MaxValue, _rate);
        }
        else if (_futile == Futile)
        {
            Limit = Math.Max(_rateBefore, Least);
            _blindUntil = now + Memory;
            _futile = 0;
            return;
        }

        _futile++;
        var part = Math.Clamp((queue - Bound) / Bound / 2, 0.1, 0.5);
        Limit = Math.Max(Math.Min(Limit ?? double.MaxValue, _rate) * (1 - part), Least);
        (_queueBefore, _cutAt) = (queue, now);
    }
}
