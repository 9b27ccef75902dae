using BtFs.Engine.Layout;

namespace BtFs.Engine.Peers;

/// <summary>How fast a peer answers: the basis of every estimate of when a block will come.</summary>
/// <remarks>
/// The rate counts busy time only (at least one request outstanding), in windows, so that an idle peer does not look slow.
/// Constants and reasoning: docs/ARCHITECTURE.md, "How much to ask of a peer".
/// </remarks>
internal sealed class PeerSpeed
{
    private const int Block = TorrentLayout.BlockLength;
    private const double NewSampleWeight = 0.3;

    /// <summary>A window's rate must grow by this factor for the slow start to go on.</summary>
    private const double GrowthToKeepStarting = 1.15;

    /// <summary>Assumed of a peer that has not shown its rate: enough to be tried, too little to be preferred.</summary>
    private const double UnknownRate = 500_000;

    private static readonly TimeSpan FirstWindow = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan UnknownRoundTrip = TimeSpan.FromMilliseconds(100);

    private TimeSpan _windowStart;
    private long _windowBytes;
    private TimeSpan? _busySince;
    private double _lastWindowRate;
    private int _startingDepth = 4;
    private bool _isStarting = true;

    /// <summary>Bytes per second while busy.</summary>
    internal double Rate { get; private set; } = UnknownRate;

    /// <summary>Whether <see cref="Rate"/> was measured.</summary>
    internal bool IsMeasured { get; private set; }

    internal TimeSpan RoundTrip { get; private set; } = UnknownRoundTrip;

    /// <summary>When the last block came, or the first request of a busy spell went out.</summary>
    internal TimeSpan LastSign { get; private set; }

    internal void UseRoundTrip(TimeSpan measured) => RoundTrip = measured;

    /// <summary>A request goes out.</summary>
    /// <param name="now">The loop's time.</param>
    /// <param name="wasIdle">Whether nothing was outstanding before it.</param>
    internal void Asked(TimeSpan now, bool wasIdle)
    {
        if (wasIdle)
        {
            _busySince = now;
            _windowStart = now;
            _windowBytes = 0;
            LastSign = now;
        }
    }

    /// <summary>A block has come.</summary>
    /// <param name="now">The loop's time.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="isIdle">Whether nothing is outstanding after it.</param>
    internal void Answered(TimeSpan now, int bytes, bool isIdle)
    {
        LastSign = now;
        _windowBytes += bytes;
        if (_isStarting)
        {
            _startingDepth++;
        }

        var elapsed = now - _windowStart;
        if (elapsed >= (IsMeasured ? Window : FirstWindow) || (isIdle && _windowBytes >= 8 * Block))
        {
            CloseWindow(now, elapsed);
        }

        if (isIdle)
        {
            _busySince = null;
        }
    }

    /// <summary>Nothing is outstanding any more, though no block came: such a peer is idle, not silent.</summary>
    internal void Rested() => _busySince = null;

    /// <summary>We did not listen: whatever time has passed says nothing about the peer.</summary>
    internal void Excused(TimeSpan now) => LastSign = now;

    /// <summary>Whether it owes something and has been quiet for longer than its rate explains.</summary>
    internal bool IsSilent(TimeSpan now)
    {
        var patience = Math.Max(0.25, (1.5 * RoundTrip.TotalSeconds) + (2 * Block / Rate));
        return _busySince is not null && (now - LastSign).TotalSeconds > patience;
    }

    /// <summary>Seconds until a block asked for now would be here.</summary>
    /// <param name="bytesBefore">Bytes outstanding before it.</param>
    internal double Eta(long bytesBefore) => RoundTrip.TotalSeconds + ((bytesBefore + Block) / Rate);

    /// <summary>How many blocks may be outstanding for read-ahead.</summary>
    /// <param name="allowance">Seconds of the peer's rate to keep queued beyond the round trip.</param>
    internal int Depth(double allowance)
    {
        var steady = (int)Math.Min((RoundTrip.TotalSeconds + allowance) * Rate / Block, 10_000) + 1;
        return _isStarting ? Math.Max(_startingDepth, 4) : Math.Max(steady, 2);
    }

    private void CloseWindow(TimeSpan now, TimeSpan elapsed)
    {
        // A burst that arrives within one timer step says no more than "fast".
        var sample = _windowBytes / Math.Max(elapsed.TotalSeconds, 0.001);
        Rate = IsMeasured ? (Rate * (1 - NewSampleWeight)) + (sample * NewSampleWeight) : sample;
        IsMeasured = true;
        if (_isStarting && sample < _lastWindowRate * GrowthToKeepStarting)
        {
            _isStarting = false;
        }

        _lastWindowRate = sample;
        _windowStart = now;
        _windowBytes = 0;
    }
}
