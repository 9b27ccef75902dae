namespace BtFs.Engine.Peers;

/// <summary>When a peer that answers only at the beats of a timer will do so next. Owned by the loop.</summary>
/// <remarks>
/// Transmission looks at what it was asked for when it has just written something, and else every half second
/// (<see href="https://github.com/transmission/transmission/blob/3.00/libtransmission/peer-msgs.c">peerPulse</see>, called by didWrite and by the
/// bandwidth timer). Where its rate is limited it has soon written all that it may, so that beats are all there is: whatever comes between two of
/// them waits, even if nothing else was asked for. One with an idle queue answers after 0.2 s at the median, 0.44 s at the 90th percentile.
/// </remarks>
internal sealed class ServingPulse
{
    /// <summary>Seconds between two beats.</summary>
    internal const double Period = 0.5;

    /// <summary>Seconds of silence of a peer that owes something, after which it may have waited for a beat.</summary>
    private const double TellingPause = 0.15;

    /// <summary>Seconds without a block, after which the next one is sent at a beat, if the peer is known for that.</summary>
    private const double BetweenBursts = 0.25;

    /// <summary>Seconds that a request must be with the peer before the beat.</summary>
    private const double Notice = 0.015;

    /// <summary>A beat comes this close to a multiple of the period after the one before, seconds; so many that do make a pulse, and are remembered.</summary>
    private const double Jitter = 0.04;
    private const int BeatsToTell = 3;
    private const int MostBeats = 6;

    /// <summary>Who sends so many blocks without such a silence answers at once.</summary>
    private const int BlocksToForget = 64;
    private static readonly TimeSpan TimeToForget = TimeSpan.FromSeconds(1.2);

    private TimeSpan _lastBeat;
    private TimeSpan _lastBlock;
    private int _blocks;
    private int _beats;

    /// <summary>Whether it was seen to answer in beats.</summary>
    internal bool IsSeen { get; private set; }

    /// <summary>A block has come.</summary>
    /// <param name="now">The loop's time.</param>
    /// <param name="pause">Seconds of silence before it in which the peer owed something, the round trip not counted.</param>
    internal void Answered(TimeSpan now, double pause)
    {
        if (pause is >= TellingPause and <= 2.2 * Period || (IsSeen && (now - _lastBlock).TotalSeconds >= BetweenBursts))
        {
            var periods = (now - _lastBeat).TotalSeconds / Period;
            _beats = Math.Abs(periods - Math.Round(periods)) * Period <= Jitter ? Math.Min(_beats + 1, MostBeats) : Math.Max(_beats - 1, 0);
            IsSeen = _beats >= BeatsToTell || (IsSeen && _beats > 0);
            _lastBeat = now;
            _blocks = 0;
        }
        else if (++_blocks >= BlocksToForget && now - _lastBeat > TimeToForget)
        {
            IsSeen = false;
            _beats = 0;
        }

        _lastBlock = now;
    }

    /// <summary>Seconds until the answers of the next beat that can still be made are here.</summary>
    /// <param name="now">The loop's time.</param>
    /// <param name="roundTrip">Seconds on the path, there and back.</param>
    internal double Wait(TimeSpan now, double roundTrip)
    {
        var soonest = roundTrip + Notice;
        var since = (now - _lastBeat).TotalSeconds + soonest;
        return (Math.Ceiling(since / Period) * Period) - since + soonest;
    }
}
