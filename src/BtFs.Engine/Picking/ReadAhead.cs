namespace BtFs.Engine.Picking;

/// <summary>Guesses from the reads of one open handle what it will read next.</summary>
/// <remarks>
/// Up to four trackers follow as many positions at once, since players interleave sound, picture and index. A read belongs to
/// the tracker it is near to: the kernel splits and reorders its own read-ahead, so "starts where the last one ended" would
/// be the wrong test. The first read of a tracker asks for nothing ahead; each one that goes on lets its window double, so
/// a probe stays a probe and a copy fills the link. A read somewhere new takes the others' windows away until they are read
/// again: after a seek nothing that was asked for ahead may stand in the way. Not thread-safe.
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

    /// <summary>The widest window: about a second of a Gbit/s link with blocks under way, pieces half done and pieces being hashed.</summary>
    internal const long MaxWindow = 32 * MiB;

    /// <summary>Assumed of a reader whose speed is not known yet.</summary>
    private const double UnknownSpeed = 4 * MiB;

    private readonly List<Tracker> _trackers = new(MaxTrackers);
    private readonly long _fileLength;
    private readonly int _pieceLength;

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
            return Leave(new Tracker(end, now));
        }

        var isBack = tracker.IsLeft;
        tracker.IsLeft = false;
        tracker.LastUsed = now;
        if (end <= tracker.Position)
        {
            return isBack;
        }

        tracker.MoveTo(offset, end);
        tracker.Measure(now);
        tracker.Grow(Math.Max(_pieceLength, FirstWindow), Math.Max(MaxWindow, 2L * _pieceLength));

        // Moving on by less than half a piece or an eighth of the window changes nothing that could be asked for.
        var step = Math.Min(_pieceLength / 2, Math.Max(tracker.Window / 8, 1));
        if (!isBack && tracker.Position + tracker.Window < tracker.Told + step)
        {
            return false;
        }

        tracker.Told = tracker.Position + tracker.Window;
        return true;
    }

    /// <summary>The windows as they stand, in file offsets.</summary>
    /// <remarks>
    /// Each begins with the read that was noted last. That read will wait for its pieces if it must, but the loop hears of the window
    /// first: pieces under way that are in neither would be cancelled, only to be asked for again.
    /// </remarks>
    internal IEnumerable<ReadWindow> Windows() => _trackers
        .Where(tracker => tracker is { IsLeft: false, Window: > 0 } && tracker.LastRead < _fileLength)
        .Select(tracker => new ReadWindow(tracker.LastRead, Math.Min(tracker.Position + tracker.Window, _fileLength), tracker.Speed));

    private Tracker? Nearest(long offset)
    {
        Tracker? best = null;
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
    /// <returns>Whether a window was left behind.</returns>
    private bool Leave(Tracker fresh)
    {
        var hadWindows = false;
        foreach (var tracker in _trackers)
        {
            hadWindows |= tracker is { IsLeft: false, Window: > 0 };
            tracker.IsLeft = true;
        }

        if (_trackers.Count == MaxTrackers)
        {
            _trackers.Remove(_trackers.MinBy(tracker => tracker.LastUsed)!);
        }

        _trackers.Add(fresh);
        return hadWindows;
    }

    private sealed class Tracker(long position, TimeSpan now)
    {
        /// <summary>End of the furthest read.</summary>
        internal long Position { get; private set; } = position;

        /// <summary>Start of the read that went furthest.</summary>
        internal long LastRead { get; private set; } = position;
        internal long Window { get; private set; }

        /// <summary>Bytes read since the window last grew.</summary>
        internal long Consumed { get; private set; }

        /// <summary>Where the window ended when it was last told.</summary>
        internal long Told { get; set; } = position;
        internal TimeSpan LastUsed { get; set; } = now;

        /// <summary>Whether the handle has gone elsewhere since.</summary>
        internal bool IsLeft { get; set; }
        internal double Speed { get; private set; } = UnknownSpeed;

        private long _measured = position;
        private TimeSpan _since = now;
        private bool _isMeasured;

        internal void MoveTo(long start, long end)
        {
            Consumed += end - Position;
            LastRead = Math.Min(start, Position);
            Position = end;
        }

        internal void Grow(long first, long most)
        {
            if (Window == 0)
            {
                Window = first;
                Consumed = 0;
            }
            else if (Window < most && Consumed >= Window / 2)
            {
                Window = Math.Min(Window * 2, most);
                Consumed = 0;
            }
        }

        internal void Measure(TimeSpan now)
        {
            var elapsed = (now - _since).TotalSeconds;
            if (elapsed < 0.25)
            {
                return;
            }

            var sample = Math.Max((Position - _measured) / elapsed, KiB);
            Speed = _isMeasured ? (0.5 * Speed) + (0.5 * sample) : Math.Max(sample, Speed);
            _isMeasured = true;
            _measured = Position;
            _since = now;
        }
    }
}
