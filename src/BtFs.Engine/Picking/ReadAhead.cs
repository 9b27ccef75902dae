namespace BtFs.Engine.Picking;

/// <summary>Guesses from the reads of one open handle what it will read next.</summary>
/// <remarks>
/// Up to four trackers follow as many positions at once, since players interleave sound, picture and index. A read belongs to
/// the tracker it is near to: the kernel splits and reorders its own read-ahead, so "starts where the last one ended" would
/// be the wrong test. The first read of a tracker asks for nothing ahead, but where a player jumps, for the second that it needs
/// before it is known to go on; each one that goes on lets its window grow. So a probe stays a probe and a copy fills the link. While a handle looks somewhere new, the windows of its other positions are held: nothing more is
/// asked for them, and after two seconds they are gone, unless it has come back. Not thread-safe.
/// </remarks>
internal sealed class ReadAhead
{
    internal const int MaxTrackers = 4;

    private const long KiB = 1024;
    private const long MiB = 1024 * KiB;

    /// <summary>How far behind or ahead of a tracker a read may start and still be its own.</summary>
    internal const long Reach = 1 * MiB;

    /// <summary>The first window of a reader that went on reading, unless a piece is longer.</summary>
    internal const long FirstWindow = 512 * KiB;

    /// <summary>The widest window: a quarter of a second of a Gbit/s link, with blocks under way, pieces half done and pieces being hashed.</summary>
    internal const long MaxWindow = 32 * MiB;

    private readonly List<ReadTracker> _trackers = new(MaxTrackers);
    private readonly RunLengths _runs = new();
    private readonly long _fileLength;
    private readonly int _pieceLength;
    private int _waits;
    private TimeSpan _waitingSince;
    private TimeSpan _waited;

    /// <param name="fileLength">Windows end with the file.</param>
    /// <param name="pieceLength">The grain in which windows grow.</param>
    internal ReadAhead(long fileLength, int pieceLength)
    {
        _fileLength = fileLength;
        _pieceLength = pieceLength;
    }

    /// <summary>A read has arrived.</summary>
    /// <returns>Whether the windows changed enough to be worth telling.</returns>
    internal bool Note(long offset, int length, TimeSpan now)
    {
        var end = offset + length;
        var tracker = Nearest(offset);
        if (tracker is null)
        {
            return Begin(new ReadTracker(offset, end, now), now);
        }

        var isBack = tracker.HeldSince is not null;
        tracker.Include(offset, now);
        if (end <= tracker.Position)
        {
            return isBack;
        }

        tracker.MoveTo(offset, end, now, Waited(now));
        tracker.Measure(now, Waited(now));
        tracker.Grow(_pieceLength);

        // Moving on by less than an eighth of the window makes no difference worth an event.
        var step = Math.Max(tracker.Window / 8, 1);
        if (!isBack && tracker.End < tracker.Told + step)
        {
            return false;
        }

        tracker.Told = tracker.End;
        return true;
    }

    /// <summary>Whether the read just noted at <paramref name="offset"/> is the first of its place.</summary>
    internal bool IsScattered(long offset) => Nearest(offset) is not { HasGoneOn: true };

    /// <summary>A read waits for the swarm.</summary>
    internal void WaitBegins(TimeSpan now)
    {
        if (_waits++ == 0)
        {
            _waitingSince = now;
        }
    }

    /// <summary>A read has waited long enough.</summary>
    internal void WaitEnds(TimeSpan now)
    {
        if (--_waits == 0)
        {
            _waited += now - _waitingSince;
        }
    }

    /// <summary>The windows as they stand, in file offsets.</summary>
    /// <remarks>
    /// Each begins with the read that was noted last. That read will wait for its pieces if it must, but the loop hears of the window
    /// first: pieces under way that are in neither would be cancelled, only to be asked for again.
    /// </remarks>
    internal IEnumerable<ReadWindow> Windows(TimeSpan now) => _trackers
        .Where(tracker => tracker.End > tracker.Position && tracker.LastRead < _fileLength && !IsLeft(tracker, now))
        .Select(tracker => new ReadWindow(
            tracker.LastRead,
            Math.Min(tracker.End, _fileLength),
            tracker.Speed,
            tracker.IsHurried,
            tracker.HeldSince is not null));

    private static bool IsLeft(ReadTracker tracker, TimeSpan now) => tracker.HeldSince is { } since && now - since >= AheadBook.HoldFor;

    /// <summary>How long this handle's reads have waited, in all.</summary>
    private TimeSpan Waited(TimeSpan now) => _waits == 0 ? _waited : _waited + (now - _waitingSince);

    private ReadTracker? Nearest(long offset)
    {
        ReadTracker? best = null;
        var bestDistance = long.MaxValue;
        foreach (var tracker in _trackers)
        {
            var distance = Math.Abs(offset - tracker.Position);
            var isNear = offset >= tracker.Position - Reach && offset <= tracker.Position + Math.Max(Reach, tracker.Window);
            if (isNear && distance < bestDistance)
            {
                best = tracker;
                bestDistance = distance;
            }
        }

        return best;
    }

    /// <summary>Goes somewhere new.</summary>
    /// <returns>Whether there is a window that was not there, or that is held from now on.</returns>
    private bool Begin(ReadTracker fresh, TimeSpan now)
    {
        var changes = false;
        var isPlaying = false;
        foreach (var tracker in _trackers)
        {
            changes |= tracker is { HeldSince: null, Window: > 0 };
            if (tracker is { HeldSince: null, IsSteady: true })
            {
                fresh.Follow(tracker);
                isPlaying = true;
            }

            tracker.HeldSince ??= now;
        }

        // How long somebody plays between two jumps says nothing.
        if (!isPlaying && _runs.Usual(_trackers.Select(tracker => tracker.Length)) is var (least, most))
        {
            fresh.Expect(least, most);
        }

        changes |= fresh.Window > 0;
        if (_trackers.Count == MaxTrackers)
        {
            var left = _trackers.MinBy(tracker => tracker.LastUsed)!;
            _runs.Add(left.Length);
            _trackers.Remove(left);
        }

        _trackers.Add(fresh);
        return changes;
    }
}
