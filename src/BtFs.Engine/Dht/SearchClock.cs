namespace BtFs.Engine.Dht;

/// <summary>When a torrent looks for peers again.</summary>
internal sealed class SearchClock(DhtSearch search)
{
    /// <summary>Between lookups while nobody is in a hurry.</summary>
    internal static readonly TimeSpan Usual = TimeSpan.FromMinutes(5);

    /// <summary>From one lookup to the next, whatever the hurry.</summary>
    internal static readonly TimeSpan Least = TimeSpan.FromSeconds(15);

    /// <summary>After a lookup that few nodes answered, doubled with each one that goes so.</summary>
    internal static readonly TimeSpan AfterFew = TimeSpan.FromSeconds(1);

    private const int MaxDoublings = 6;

    /// <summary>Between announces: well below the half hour after which others forget us.</summary>
    internal static readonly TimeSpan AnnounceEvery = TimeSpan.FromMinutes(14);

    private TimeSpan _due;
    private int _inVain;
    private int _answers;
    private TimeSpan _notBefore;
    private TimeSpan? _announced;

    internal DhtSearch Search { get; } = search;

    /// <summary>Lookups under way, one for each family.</summary>
    internal int UnderWay { get; private set; }

    /// <summary>When it is to look again.</summary>
    internal TimeSpan Due => _due;

    /// <summary>Whether somebody waits for what it finds.</summary>
    internal bool IsHurried { get; private set; }

    /// <summary>Whether it is time.</summary>
    internal bool IsDue(TimeSpan now) => UnderWay == 0 && now >= _due;

    /// <summary>Whether this lookup is to end with an announce.</summary>
    internal bool IsToAnnounce(TimeSpan now) => Search.Port() != 0 && (_announced is not { } last || now - last >= AnnounceEvery);

    internal void Started(int lookups, TimeSpan now)
    {
        UnderWay = lookups;
        IsHurried = false;
        _answers = 0;
        _notBefore = now + Least;
        _due = now + Usual;
    }

    /// <summary>A lookup has ended.</summary>
    /// <param name="answers">Nodes that answered.</param>
    /// <param name="announced">Whether we were announced to as many as should know us; to fewer, and the next lookup does it again.</param>
    /// <param name="now">The moment.</param>
    internal void Ended(int answers, bool announced, TimeSpan now)
    {
        UnderWay--;
        _answers += answers;
        if (announced)
        {
            _announced = now;
        }

        if (_answers >= DhtLimits.Nearest)
        {
            _inVain = 0;
        }
        else if (UnderWay == 0)
        {
            _due = now + (AfterFew * (1 << _inVain));
            _inVain = Math.Min(_inVain + 1, MaxDoublings);
        }
    }

    /// <summary>Nodes were named: a lookup that few have answered may go better now.</summary>
    internal void NodesNamed(TimeSpan now)
    {
        if (_inVain > 0)
        {
            _inVain = 0;
            _due = now;
        }
    }

    /// <summary>What was announced is no longer so.</summary>
    internal void AnnounceAgain(TimeSpan now)
    {
        _announced = null;
        Hurry(now);
    }

    /// <summary>Peers are wanted now.</summary>
    internal void Hurry(TimeSpan now)
    {
        IsHurried = true;
        _due = TimeSpan.FromTicks(Math.Min(_due.Ticks, Math.Max(now.Ticks, _notBefore.Ticks)));
    }
}
