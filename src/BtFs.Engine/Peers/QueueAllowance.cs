namespace BtFs.Engine.Peers;

/// <summary>Seconds of a peer's rate that are kept queued with it beyond the round trip, for what nobody waits for yet.</summary>
/// <remarks>
/// An urgent block waits behind all of it, so it is as little as keeps the peer busy: more when the queue ran dry while there was work,
/// less again as long as it does not. It begins at 250 ms, which covers one TCP recovery on most paths.
/// </remarks>
internal sealed class QueueAllowance
{
    /// <summary>What a new peer begins with, seconds.</summary>
    internal const double AtFirst = 0.25;

    /// <summary>Never less than this, seconds: the jitter of a remote program's own loop.</summary>
    internal const double Least = 0.05;

    /// <summary>Never more than this, seconds.</summary>
    internal const double Most = 0.8;

    private const double Growth = 1.25;
    private const double Decay = 0.9;

    // A queue that runs dry does so many times until the larger one takes effect: it counts once.
    private static readonly TimeSpan GrowEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan DecayEvery = TimeSpan.FromSeconds(5);

    private double _seconds = AtFirst;
    private TimeSpan _nextGrowth;
    private TimeSpan _nextDecay;

    /// <summary>The allowance, where the situation permits no more than <paramref name="ceiling"/> seconds.</summary>
    internal double Within(double ceiling) => Math.Min(_seconds, ceiling);

    /// <summary>The peer had answered everything, and there was more to ask.</summary>
    internal void RanDry(TimeSpan now)
    {
        _nextDecay = now + DecayEvery;
        if (now >= _nextGrowth)
        {
            _nextGrowth = now + GrowEvery;
            _seconds = Math.Min(_seconds * Growth, Most);
        }
    }

    /// <summary>Time passes; to be called now and then while the peer has work.</summary>
    internal void Ease(TimeSpan now)
    {
        if (now >= _nextDecay)
        {
            _nextDecay = now + DecayEvery;
            _seconds = Math.Max(_seconds * Decay, Least);
        }
    }
}
