namespace BtFs.Engine.Picking;

/// <summary>One position that a handle reads on from, how fast, and how far ahead of it to fetch.</summary>
/// <param name="start">Where its first read begins.</param>
/// <param name="position">Where that ends.</param>
/// <param name="now">The time.</param>
internal sealed class ReadTracker(long start, long position, TimeSpan now)
{
    private const long KiB = 1024;
    private const long MiB = 1024 * KiB;

    /// <summary>Assumed of a reader whose speed is not known yet, bytes per second.</summary>
    private const double UnknownSpeed = 4 * MiB;

    /// <summary>Seconds of reading to have ahead of a reader that is slower than the link.</summary>
    private const double SecondsAhead = 10;

    /// <summary>Seconds of the link to have under way for a reader that is faster: pieces half done, blocks on the way, pieces being hashed.</summary>
    private const double SecondsOfLink = 2;

    /// <summary>Seconds of reading to have ahead when a player jumps, before it is known to go on.</summary>
    private const double SecondsAfterJump = 1;

    /// <summary>A reader that has waited for more than this share of its time would read faster if it could.</summary>
    private const double HurriedShare = 0.25;

    private static readonly TimeSpan MeasureEvery = TimeSpan.FromMilliseconds(250);

    private long _measured = position;
    private TimeSpan _since = now;
    private TimeSpan _blockedBefore;
    private long _consumed;
    private bool _isMeasured;

    private long _start = start;

    // How far from the start nothing is fetched that lies behind.
    private long _expected;

    /// <summary>Bytes from its first read to its furthest.</summary>
    internal long Length => Position - _start;

    /// <summary>End of the furthest read.</summary>
    internal long Position { get; private set; } = position;

    /// <summary>Start of the read that went furthest.</summary>
    internal long LastRead { get; private set; } = position;

    /// <summary>Whether a second read has followed the first.</summary>
    internal bool HasGoneOn { get; private set; }

    /// <summary>Bytes ahead of <see cref="Position"/>, as far as nothing says that it will not get so far.</summary>
    internal long Window { get; private set; }

    /// <summary>Where the window ends: a run of the usual length has none behind it, until it turns out to be longer.</summary>
    internal long End => Length <= _expected ? Math.Min(Position + Window, _start + _expected) : Position + Window;

    /// <summary>Where the window ended when it was last told.</summary>
    internal long Told { get; set; } = position;

    internal TimeSpan LastUsed { get; private set; } = now;

    /// <summary>Since when the handle reads elsewhere; null while it reads here.</summary>
    internal TimeSpan? HeldSince { get; set; }

    /// <summary>Bytes per second, waiting included.</summary>
    internal double Speed { get; private set; } = UnknownSpeed;

    /// <summary>Whether it would read faster if we were faster; not before that is known.</summary>
    internal bool IsHurried { get; private set; }

    /// <summary>Whether it reads on at a pace of its own.</summary>
    internal bool IsSteady => _isMeasured && !IsHurried;

    /// <summary>A reader that went on steadily elsewhere has jumped here: what it will play while the next piece is fetched is wanted too.</summary>
    internal void Follow(ReadTracker before)
    {
        Speed = before.Speed;
        Window = Math.Min((long)(Speed * SecondsAfterJump), ReadAhead.FirstWindow);
    }

    /// <summary>A read has come that belongs here, wherever it is: the first to come need not be the first of its place.</summary>
    internal void Include(long offset, TimeSpan now)
    {
        _start = Math.Min(_start, offset);
        HeldSince = null;
        LastUsed = now;
    }

    /// <summary>The handle has read runs of much the same length lately, and this is likely to be one more.</summary>
    internal void Expect(long least, long most)
    {
        _expected = most;
        Window = Math.Max(least - Length, 0);
    }

    /// <summary>The handle has read on.</summary>
    /// <param name="from">First byte of the read.</param>
    /// <param name="end">The byte behind it, behind <see cref="Position"/>.</param>
    /// <param name="now">The time.</param>
    /// <param name="blocked">How long the handle's reads have waited for the swarm, in all.</param>
    internal void MoveTo(long from, long end, TimeSpan now, TimeSpan blocked)
    {
        if (!HasGoneOn)
        {
            // Whoever jumps somewhere waits there once, which says nothing of how it will read.
            BeginToMeasure(now, blocked);
        }

        _consumed += end - Position;
        LastRead = Math.Min(from, Position);
        Position = end;
        HasGoneOn = true;
    }

    /// <summary>Lets the window grow as the reader uses it up.</summary>
    /// <param name="pieceLength">Bytes in a piece.</param>
    internal void Grow(int pieceLength)
    {
        var most = Target(pieceLength);
        var first = Math.Max(pieceLength, ReadAhead.FirstWindow);
        if (Window < first)
        {
            Window = first;
            _consumed = 0;
        }
        else if (Window > most)
        {
            Window = most;
        }
        else if (Window < most && _consumed >= Window / 2)
        {
            Window = Math.Min(Window * 2, most);
            _consumed = 0;
        }
    }

    /// <summary>Learns the reader's speed.</summary>
    /// <param name="now">The time.</param>
    /// <param name="blocked">How long the handle's reads have waited for the swarm, in all.</param>
    internal void Measure(TimeSpan now, TimeSpan blocked)
    {
        var elapsed = now - _since;
        if (elapsed < MeasureEvery)
        {
            return;
        }

        var sample = Math.Max((Position - _measured) / elapsed.TotalSeconds, KiB);
        Speed = _isMeasured ? (0.5 * Speed) + (0.5 * sample) : Math.Max(sample, Speed);
        IsHurried = blocked - _blockedBefore > HurriedShare * elapsed;
        _isMeasured = true;
        BeginToMeasure(now, blocked);
    }

    private void BeginToMeasure(TimeSpan now, TimeSpan blocked)
    {
        _measured = Position;
        _since = now;
        _blockedBefore = blocked;
    }

    private long Target(int pieceLength)
    {
        var ahead = (long)(Speed * (IsHurried ? SecondsOfLink : SecondsAhead)) + (2L * pieceLength);
        var least = Math.Max(2L * pieceLength, ReadAhead.FirstWindow);
        return Math.Clamp(ahead, least, Math.Max(ReadAhead.MaxWindow, least));
    }
}
