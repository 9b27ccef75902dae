using BtFs.Engine.Layout;

namespace BtFs.Engine.Picking;

/// <summary>Who wants which piece, and by when: waiting reads and the windows of open handles. Owned by the loop.</summary>
internal sealed class DemandBook(TorrentLayout layout)
{
    /// <summary>Pieces of one window that are looked at; with tiny pieces a window holds more than can be asked for at once.</summary>
    internal const int MaxPiecesOfWindow = 512;

    private readonly Dictionary<PieceIndex, List<Wish>> _waiting = [];
    private readonly Dictionary<object, IReadOnlyList<ReadWindow>> _windows = [];
    private readonly List<Demand> _ordered = [];
    private readonly Dictionary<PieceIndex, TimeSpan> _ahead = [];
    private readonly HashSet<PieceIndex> _lost = [];
    private bool _isStale;

    /// <summary>Whether any read waits.</summary>
    internal bool HasWaiters => _waiting.Count > 0;

    internal bool IsWaitedFor(PieceIndex piece) => _waiting.ContainsKey(piece);

    /// <summary>Every read that waits, each once.</summary>
    internal IEnumerable<Wish> Wishes => _waiting.Values.SelectMany(wishes => wishes).Distinct();

    /// <summary>Notes a waiting read on each piece that <paramref name="has"/> does not know.</summary>
    /// <returns>False when nothing is missing: the wish is granted at once.</returns>
    internal bool Add(Wish wish, Predicate<PieceIndex> has, TimeSpan now)
    {
        wish.Since = wish.LastProgress = now;
        for (var i = wish.First.Value; i <= wish.Last.Value; i++)
        {
            var piece = new PieceIndex(i);
            if (has(piece))
            {
                continue;
            }

            wish.Missing++;
            _lost.Remove(piece);
            if (!_waiting.TryGetValue(piece, out var wishes))
            {
                _waiting[piece] = wishes = [];
            }

            wishes.Add(wish);
        }

        if (wish.Missing == 0)
        {
            wish.Grant();
            return false;
        }

        _isStale = true;
        return true;
    }

    /// <summary>A reader no longer waits.</summary>
    internal void Remove(Wish wish)
    {
        for (var i = wish.First.Value; i <= wish.Last.Value; i++)
        {
            var piece = new PieceIndex(i);
            if (_waiting.TryGetValue(piece, out var wishes) && wishes.Remove(wish) && wishes.Count == 0)
            {
                _waiting.Remove(piece);
            }
        }

        _isStale = true;
    }

    /// <summary>A piece can be read: its waiters wake, unless they wait for another one too.</summary>
    internal void Granted(PieceIndex piece)
    {
        if (!_waiting.Remove(piece, out var wishes))
        {
            return;
        }

        foreach (var wish in wishes)
        {
            if (--wish.Missing == 0)
            {
                wish.Grant();
            }
        }
    }

    /// <summary>A block of a piece has come: its readers see progress.</summary>
    internal void Progressed(PieceIndex piece, TimeSpan now)
    {
        if (_waiting.TryGetValue(piece, out var wishes))
        {
            foreach (var wish in wishes)
            {
                wish.LastProgress = now;
            }
        }
    }

    /// <summary>The store could not keep a piece. Reading it ahead again would only push out the next one: it comes when somebody waits for it.</summary>
    internal void Lost(PieceIndex piece)
    {
        if (_windows.Count > 0)
        {
            _lost.Add(piece);
        }

        _isStale = true;
    }

    /// <summary>A handle's windows, all of them; none when it was closed.</summary>
    internal void SetWindows(object reader, IReadOnlyList<ReadWindow> windows)
    {
        if (windows.Count == 0)
        {
            _windows.Remove(reader);
        }
        else
        {
            _windows[reader] = windows;
        }

        if (_windows.Count == 0)
        {
            _lost.Clear();
        }

        _isStale = true;
    }

    /// <summary>Whether anybody wants the piece, now or soon.</summary>
    internal bool IsWanted(PieceIndex piece, TimeSpan now)
    {
        Refresh(now);
        return _waiting.ContainsKey(piece) || _ahead.ContainsKey(piece);
    }

    /// <summary>All demands, most pressing first, pieces that are here already among them.</summary>
    /// <param name="now">The loop's time.</param>
    /// <param name="changed">Whether the set differs from the last call's.</param>
    internal IReadOnlyList<Demand> Ordered(TimeSpan now, out bool changed)
    {
        changed = Refresh(now);
        return _ordered;
    }

    private bool Refresh(TimeSpan now)
    {
        if (!_isStale)
        {
            return false;
        }

        _isStale = false;
        _ordered.Clear();
        _ahead.Clear();
        foreach (var (piece, wishes) in _waiting)
        {
            _ordered.Add(new Demand(piece, IsWaiting: true, wishes.Min(wish => wish.Since)));
        }

        foreach (var windows in _windows.Values)
        {
            foreach (var window in windows)
            {
                Add(window, now);
            }
        }

        foreach (var (piece, deadline) in _ahead)
        {
            _ordered.Add(new Demand(piece, IsWaiting: false, deadline));
        }

        _ordered.Sort();
        return true;
    }

    private void Add(ReadWindow window, TimeSpan now)
    {
        var first = layout.PieceAt(window.Start).Value;
        var last = Math.Min(layout.PieceAt(window.End - 1).Value, first + MaxPiecesOfWindow - 1);
        for (var i = first; i <= last; i++)
        {
            var piece = new PieceIndex(i);
            if (_waiting.ContainsKey(piece) || _lost.Contains(piece))
            {
                continue;
            }

            // Where windows overlap, the reader who gets there first decides.
            var distance = Math.Max(layout.StartOf(piece) - window.Start, 0);
            var deadline = now + TimeSpan.FromSeconds(Math.Min(distance / window.BytesPerSecond, 3600));
            if (!_ahead.TryGetValue(piece, out var earlier) || deadline < earlier)
            {
                _ahead[piece] = deadline;
            }
        }
    }
}
