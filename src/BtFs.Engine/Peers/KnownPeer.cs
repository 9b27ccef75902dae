using System.Net;

namespace BtFs.Engine.Peers;

/// <summary>What is known of one address: where its connection stands, and how promising it is to call it.</summary>
internal sealed class KnownPeer(bool isNamed)
{
    /// <summary>Seconds to a first block taken for granted of a good address that was never measured.</summary>
    private const double UnknownQuickness = 0.2;

    /// <summary>A connection that ended sooner than this is not opened again at once, or both sides would do nothing else.</summary>
    private static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(5);

    /// <summary>How soon an address that was good, or that the user named, is tried again while a reader waits.</summary>
    private static readonly TimeSpan EagerGap = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestGoodGap = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestGap = TimeSpan.FromHours(1);

    private TimeSpan? _lastTry;
    private TimeSpan _since;
    private double? _quickness;
    private bool _wasShort;
    private bool _mayRedial;
    private bool _isRemembered;

    internal DialStage Stage { get; private set; }

    /// <summary>Named by the user, or useful before.</summary>
    internal bool IsGood { get; set; } = isNamed;

    /// <summary>Whether it is to be called before strangers: it is good, or was the last time and has not failed since.</summary>
    internal bool IsPromising => IsGood || (_isRemembered && Failures == 0);

    /// <summary>Whether a tracker has named it: of a private torrent, nobody else is remembered.</summary>
    internal bool IsFromTracker { get; set; }

    /// <summary>When it was last of use, perhaps before this run; null if never.</summary>
    internal TimeSpan? LastUseful { get; private set; }

    /// <summary>Dials and connections in a row that came to nothing.</summary>
    internal int Failures { get; private set; }

    /// <summary>Whether uTP has worked there, or is said to.</summary>
    internal bool SpeaksUtp { get; set; }

    /// <summary>Seconds from a request to its block when it was last connected: the best are called first.</summary>
    internal double Quickness => _quickness ?? UnknownQuickness;

    /// <summary>Whether its last dial was cut short to make room for others: it deserves a real one, after those that had none.</summary>
    internal bool WasCutShort => _wasShort;

    /// <summary>Its canonical priority (BEP 40) towards <see cref="PriorityFor"/>.</summary>
    internal uint Priority { get; set; }

    /// <summary>The address of ours for which <see cref="Priority"/> was worked out.</summary>
    internal IPAddress? PriorityFor { get; set; }

    /// <summary>Since when its dial has been under way, or its connection has stood.</summary>
    internal TimeSpan Since => _since;

    internal void Dialed(TimeSpan now, bool isShort)
    {
        Stage = DialStage.Dialing;
        _since = now;
        _wasShort = isShort;
        _mayRedial = false;
    }

    internal void Connected(TimeSpan now)
    {
        Stage = DialStage.Connected;
        _since = now;
        _wasShort = false;
    }

    /// <summary>A dial has failed.</summary>
    internal void DialFailed(TimeSpan now)
    {
        Stage = DialStage.Idle;
        _lastTry = now;
        Failures += _wasShort ? 0 : 1;
    }

    /// <summary>A connection has ended.</summary>
    internal void Left(bool wasUseful, double? quickness, TimeSpan now)
    {
        var stood = now - _since >= ShortLife;
        Stage = DialStage.Idle;
        _lastTry = now;
        _quickness = quickness ?? _quickness;
        IsGood |= wasUseful;
        LastUseful = wasUseful ? now : LastUseful;
        Failures = wasUseful ? 0 : Failures + 1;
        _mayRedial = IsGood && stood;
    }

    /// <summary>What was kept of it from last time, or has become of it now.</summary>
    internal void Remember(double quickness, TimeSpan at)
    {
        _isRemembered = true;
        _quickness = quickness;
        LastUseful = at;
    }

    /// <summary>A good address may be called at once, whatever happened before.</summary>
    internal void Forgive() => _mayRedial |= IsGood;

    /// <summary>What failed lately was our own network's fault: it may be called as if it had never been.</summary>
    internal void StartOver()
    {
        Failures = 0;
        _lastTry = null;
    }

    /// <summary>When it may be called next.</summary>
    internal TimeSpan DueAt(bool isEager)
    {
        if (_lastTry is not { } last)
        {
            return TimeSpan.Zero;
        }

        if (_mayRedial && isEager)
        {
            return last;
        }

        var longest = !IsGood ? LongestGap : isEager ? EagerGap : LongestGoodGap;
        var gap = TimeSpan.FromSeconds((IsGood || _wasShort ? 1 : 15) << Math.Min(Failures, 16));
        return last + (gap < longest ? gap : longest);
    }
}
