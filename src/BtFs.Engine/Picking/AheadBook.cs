using BtFs.Engine.Layout;

namespace BtFs.Engine.Picking;

/// <summary>The windows of all open handles, and in which order their pieces are wanted. Owned by the loop.</summary>
/// <remarks>
/// Each window is in order by itself, so the order of all is a merge of windows: nothing is sorted, and no piece is looked at before
/// its turn comes. Where windows overlap, the reader who gets there first decides.
/// </remarks>
/// <param name="layout">The torrent's arithmetic.</param>
/// <param name="capacity">Bytes that the store can keep; null when it keeps all.</param>
internal sealed class AheadBook(TorrentLayout layout, Func<long>? capacity = null)
{
    /// <summary>Bytes ahead of all readers together.</summary>
    internal const long MaxBytes = 128L << 20;

    /// <summary>The same, as a part of what can be kept: what is fetched ahead must not push out what was fetched ahead before.</summary>
    internal const int PartOfCapacity = 4;

    /// <summary>How long the window of a reader that looked elsewhere is kept: a player that probes the end is back by then.</summary>
    internal static readonly TimeSpan HoldFor = TimeSpan.FromSeconds(2);

    private readonly Dictionary<object, List<AheadWindow>> _byReader = [];
    private readonly List<AheadWindow> _windows = [];
    private readonly HashSet<PieceIndex> _lost = [];
    private long _share = MaxBytes;
    private int _held;

    /// <summary>Whether there are readers ahead of whom something is to be fetched, and each takes what comes as soon as it comes.</summary>
    internal bool IsHurried { get; private set; }

    /// <summary>Grows whenever there may be something to ask for that was not there before.</summary>
    internal int Version { get; private set; }

    /// <summary>The windows that want something, in no order.</summary>
    internal IReadOnlyList<AheadWindow> Windows => _windows;

    /// <summary>Whether a piece lies in any window.</summary>
    internal bool Contains(PieceIndex piece)
    {
        foreach (var window in _windows)
        {
            if (window.Contains(piece))
            {
                return !_lost.Contains(piece);
            }
        }

        return false;
    }

    /// <summary>Whether a piece lies in the window of a reader who takes whatever comes as soon as it comes.</summary>
    internal bool IsHurriedAt(PieceIndex piece)
    {
        foreach (var window in _windows)
        {
            if (window.IsHurried && window.Contains(piece))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The store could not keep a piece. Reading it ahead again would only push out the next one: it comes when somebody waits for it.</summary>
    internal void Lost(PieceIndex piece)
    {
        if (Contains(piece))
        {
            _lost.Add(piece);
        }
    }

    /// <summary>Somebody waits for the piece, so it is no longer left alone.</summary>
    internal void Found(PieceIndex piece) => _lost.Remove(piece);

    /// <summary>A handle's windows, all of them; none when it was closed.</summary>
    /// <param name="reader">The handle.</param>
    /// <param name="windows">In the torrent's bytes.</param>
    /// <param name="now">The loop's time.</param>
    /// <param name="dropped">Filled with the pieces that may be in no window any more.</param>
    internal void Set(object reader, IReadOnlyList<ReadWindow> windows, TimeSpan now, List<PieceIndex> dropped)
    {
        var after = new List<AheadWindow>(windows.Count);
        foreach (var window in windows)
        {
            after.Add(new AheadWindow(window, layout, now));
        }

        if (_byReader.Remove(reader, out var before))
        {
            foreach (var window in before)
            {
                Drop(window, after, dropped);
            }
        }

        if (after.Count > 0)
        {
            _byReader[reader] = after;
            _windows.AddRange(after);
        }

        Count();
        ForgetLost();
    }

    /// <summary>What readers are about to read, of all windows.</summary>
    internal PieceSpan[] Live()
    {
        var live = new PieceSpan[_windows.Count];
        for (var i = 0; i < live.Length; i++)
        {
            live[i] = new PieceSpan(_windows[i].First, new PieceIndex(_windows[i].LastWithin(_share)));
        }

        return live;
    }

    /// <summary>Lets go of windows whose reader has not come back.</summary>
    /// <returns>Whether there were any.</returns>
    internal bool Age(TimeSpan now, List<PieceIndex> dropped)
    {
        if (_held == 0)
        {
            return false;
        }

        var before = _windows.Count;

        foreach (var windows in _byReader.Values)
        {
            foreach (var window in windows)
            {
                if (window.IsHeld && now - window.ToldAt >= HoldFor)
                {
                    Drop(window, [], dropped);
                }
            }
        }

        Count();
        ForgetLost();
        return _windows.Count < before;
    }

    /// <summary>A block of a piece has to be asked for again.</summary>
    internal void Reopen(PieceIndex piece)
    {
        Version++;
        foreach (var window in _windows)
        {
            if (window.Contains(piece) && piece.Value < window.Next)
            {
                window.Next = piece.Value;
            }
        }
    }

    /// <summary>Begins to go through the pieces wanted, the most pressing first.</summary>
    internal void Rewind()
    {
        foreach (var window in _windows)
        {
            window.At = window.Next;
        }
    }

    /// <summary>The next piece wanted, with the window that wants it first; null when there is no more.</summary>
    /// <param name="piece">The piece, which may be here already.</param>
    /// <param name="deadline">When its reader gets there.</param>
    internal AheadWindow? TakeNext(out PieceIndex piece, out TimeSpan deadline)
    {
        AheadWindow? first = null;
        deadline = TimeSpan.MaxValue;
        foreach (var window in _windows)
        {
            SkipLost(window);
            if (!window.IsHeld && window.At <= window.LastWithin(_share) && window.DeadlineOf(window.At) is var due && due < deadline)
            {
                first = window;
                deadline = due;
            }
        }

        piece = first is null ? default : new PieceIndex(first.At++);
        return first;
    }

    private void SkipLost(AheadWindow window)
    {
        while (_lost.Count > 0 && window.At <= window.Last.Value && _lost.Contains(new PieceIndex(window.At)))
        {
            window.At++;
        }
    }

    /// <summary>Takes a window away, and says which of its pieces are not in those that follow it.</summary>
    private void Drop(AheadWindow window, List<AheadWindow> after, List<PieceIndex> dropped)
    {
        if (!_windows.Remove(window))
        {
            return;
        }

        for (var piece = window.First.Value; piece <= window.Last.Value; piece++)
        {
            var index = new PieceIndex(piece);
            if (Covering(after, index) is { } covering)
            {
                piece = covering.Last.Value;
            }
            else
            {
                dropped.Add(index);
            }
        }
    }

    private static AheadWindow? Covering(List<AheadWindow> windows, PieceIndex piece)
    {
        foreach (var window in windows)
        {
            if (window.Contains(piece))
            {
                return window;
            }
        }

        return null;
    }

    /// <summary>Whether any reader has a window.</summary>
    internal bool HasWindows => _windows.Count > 0;

    private void Count()
    {
        Version++;
        _held = 0;
        IsHurried = _windows.Count > 0;
        foreach (var window in _windows)
        {
            _held += window.IsHeld ? 1 : 0;
            IsHurried &= window.IsHurried;
        }

        var all = capacity is null ? MaxBytes : Math.Min(MaxBytes, capacity() / PartOfCapacity);
        _share = all / Math.Max(_windows.Count, 1);
    }

    /// <summary>A piece that no window has any more may be in one again some day.</summary>
    private void ForgetLost()
    {
        if (_lost.Count > 0)
        {
            _lost.RemoveWhere(piece => !_windows.Exists(window => window.Contains(piece)));
        }
    }
}
