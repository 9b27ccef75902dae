using BtFs.Engine.Layout;

namespace BtFs.Engine.Peers;

/// <summary>How much a peer sends in the time in which it owes something. Idle time does not count, however often it comes between.</summary>
/// <remarks>
/// A peer with little to do is asked, answers and is idle again many times in a window. Each spell adds to the same window: if spells
/// were windows of their own, only the slow ones would last long enough to be looked at.
/// </remarks>
internal sealed class BusyRate
{
    /// <summary>How much a new sample counts; the first few count more, since what came before them was a guess.</summary>
    private const double NewSampleWeight = 0.3;

    /// <summary>With so many bytes a sample is taken when a spell ends, though the window is not over.</summary>
    private const int EnoughBytes = 8 * TorrentLayout.BlockLength;

    /// <summary>Busy time of a sample at least: what comes within less may be a burst of a peer that is slower.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);

    private TimeSpan? _since;
    private TimeSpan _busy;
    private long _bytes;
    private int _samples;

    /// <param name="guess">Assumed until there is a sample, bytes per second.</param>
    internal BusyRate(double guess) => Value = guess;

    /// <summary>Bytes per second.</summary>
    internal double Value { get; private set; }

    /// <summary>The last sample, bytes per second.</summary>
    internal double Latest { get; private set; }

    internal bool IsMeasured => _samples > 0;

    /// <summary>The peer owes something from now on; its first answer can be here at <paramref name="firstAnswer"/>.</summary>
    internal void Begin(TimeSpan firstAnswer) => _since = firstAnswer;

    /// <summary>Bytes have come.</summary>
    /// <returns>Whether there is a new sample.</returns>
    internal bool Add(TimeSpan now, int bytes, TimeSpan window)
    {
        if (_since is not { } since)
        {
            return false;
        }

        if (since >= now)
        {
            // Sooner than thought possible: what comes from here on is measured.
            _since = now;
            return false;
        }

        _bytes += bytes;
        return _busy + (now - since) >= window && Sample(now, since);
    }

    /// <summary>The peer owes nothing any more, having answered.</summary>
    /// <returns>Whether there is a new sample.</returns>
    internal bool End(TimeSpan now)
    {
        if (_since is not { } since)
        {
            return false;
        }

        var busy = _busy + (now > since ? now - since : TimeSpan.Zero);
        var isEnough = busy >= Shortest && _bytes >= EnoughBytes && Sample(now, since);
        _busy = isEnough ? TimeSpan.Zero : busy;
        _since = null;
        return isEnough;
    }

    /// <summary>The peer owes nothing any more, without having answered: that time says nothing.</summary>
    internal void GiveUp() => _since = null;

    private bool Sample(TimeSpan now, TimeSpan since)
    {
        Latest = _bytes / (_busy + (now - since)).TotalSeconds;
        var weight = Math.Max(NewSampleWeight, 1.0 / ++_samples);
        Value = (Value * (1 - weight)) + (Latest * weight);
        _busy = TimeSpan.Zero;
        _bytes = 0;
        _since = now;
        return true;
    }
}
