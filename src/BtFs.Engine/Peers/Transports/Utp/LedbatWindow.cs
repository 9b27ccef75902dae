namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>How much may be on its way: as much as fills the line with a queue of 100 ms, and less as soon as others want the line (RFC 6817).</summary>
internal sealed class LedbatWindow
{
    /// <summary>The queue we allow ourselves (BEP 29 and RFC 6817's TARGET), microseconds.</summary>
    internal const long Target = 100 * UtpLimits.Millisecond;

    /// <summary>Bytes by which the window grows in a round trip at most, once the line's rate has been found; the same as of other clients.</summary>
    internal const int Gain = 3_000;

    /// <summary>Bytes on their way before anything is known of the path: TCP's ten segments (RFC 6928).</summary>
    internal const int First = 10 * UtpLimits.DatagramBytes;

    /// <summary>Never less than two packets, so that one lost is noticed by the other.</summary>
    internal const int Least = 2 * UtpLimits.DatagramBytes;

    /// <summary>Never more: 320 Mbit/s over 100 ms.</summary>
    internal const int Most = 4 * 1024 * 1024;

    private long _threshold = Most;
    private bool _isSlowStart = true;

    /// <summary>The window.</summary>
    internal int Bytes { get; private set; } = First;

    /// <summary>Bytes were acknowledged.</summary>
    /// <param name="acked">How many.</param>
    /// <param name="queuing">How long packets lately waited in queues.</param>
    /// <param name="wasFull">Whether the window was what kept us from sending more: else it has not been tried, and does not grow.</param>
    internal void Acknowledged(int acked, long queuing, bool wasFull)
    {
        if (_isSlowStart && queuing > Target * 3 / 4)
        {
            _isSlowStart = false;
        }

        if (_isSlowStart)
        {
            Set(wasFull ? Bytes + (long)acked : Bytes);
            _isSlowStart = Bytes < _threshold;
            return;
        }

        if (queuing <= Target)
        {
            if (wasFull)
            {
                Set(Bytes + (long)Math.Round((double)(Target - queuing) / Target * Gain * acked / Bytes, MidpointRounding.AwayFromZero));
            }

            return;
        }

        // As LEDBAT++ has it: in proportion to the window, or who began late would never get its share, and who overshot would take minutes.
        var excess = Math.Min((double)(queuing - Target) / Target, 0.5);
        Set(Bytes - (long)Math.Round(excess * acked, MidpointRounding.AwayFromZero));
    }

    /// <summary>A packet was lost. To be called once for each window's worth.</summary>
    internal void Lost()
    {
        Set(Bytes / 2);
        _threshold = Bytes;
        _isSlowStart = false;
    }

    /// <summary>Nothing is acknowledged any more: begins anew, up to half of what it was.</summary>
    internal void TimedOut()
    {
        _threshold = Math.Max(Bytes / 2, Least);
        Bytes = Least;
        _isSlowStart = true;
    }

    /// <summary>Nothing was sent for a while: what was known of the line is old.</summary>
    internal void Rested()
    {
        if (Bytes > First)
        {
            _threshold = Bytes;
            Bytes = First;
            _isSlowStart = true;
        }
    }

    private void Set(long bytes) => Bytes = (int)Math.Clamp(bytes, Least, Most);
}
