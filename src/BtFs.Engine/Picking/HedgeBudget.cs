using BtFs.Engine.Layout;

namespace BtFs.Engine.Picking;

/// <summary>How many blocks may be under way twice. Owned by the loop.</summary>
/// <remarks>
/// A share of what the link can carry, not of what it carries: with nothing else under way the link is idle and duplicates are free.
/// A reader who waits has an allowance besides.
/// </remarks>
internal sealed class HedgeBudget
{
    /// <summary>Blocks under way twice at any moment for readers who wait.</summary>
    internal const int ForWaiters = 64;

    /// <summary>Share of the link that duplicates may take beyond that.</summary>
    internal const double ShareOfLink = 0.05;

    /// <summary>Seconds of that share which may be saved up.</summary>
    private const double Saved = 10;

    private double _saved;
    private int _left;
    private TimeSpan _last;

    /// <summary>Time has passed.</summary>
    /// <param name="now">The loop's time.</param>
    /// <param name="linkRate">Bytes per second that the link has been seen to carry.</param>
    internal void Earn(TimeSpan now, double linkRate)
    {
        var income = ShareOfLink * linkRate;
        _saved = Math.Min(_saved + (income * (now - _last).TotalSeconds), income * Saved);
        _last = now;
    }

    /// <summary>Begins to look at everything that is under way for readers who wait.</summary>
    internal void BeginRound() => _left = ForWaiters;

    /// <summary>A block has this many owners already.</summary>
    internal void Count(int owners) => _left -= Math.Max(owners - 1, 0);

    /// <summary>Takes one duplicate out of the budget, if it is in it.</summary>
    internal bool TryTake(bool isWaiting)
    {
        if (isWaiting && _left > 0)
        {
            _left--;
            return true;
        }

        if (_saved < TorrentLayout.BlockLength)
        {
            return false;
        }

        _saved -= TorrentLayout.BlockLength;
        return true;
    }
}
