using BtFs.Engine.Layout;

namespace BtFs.Engine.Picking;

/// <summary>Who wants which piece: reads that wait, and the windows of open handles. Owned by the loop.</summary>
/// <param name="layout">The torrent's arithmetic.</param>
/// <param name="capacity">Bytes that the store can keep; null when it keeps all.</param>
internal sealed class DemandBook(TorrentLayout layout, Func<long>? capacity = null)
{
    /// <summary>Reads that began somewhere new and had to wait: with two within this time the next one is expected anywhere.</summary>
    internal static readonly TimeSpan ScatteredMemory = TimeSpan.FromSeconds(10);

    private readonly List<PieceIndex> _dropped = [];
    private bool _hasNewWaiters;
    private TimeSpan _lastScattered = -ScatteredMemory;
    private TimeSpan _scatteredBefore = -ScatteredMemory;

    /// <summary>Reads that wait.</summary>
    internal WaitingReads Waiting { get; } = new();

    /// <summary>What readers will want soon.</summary>
    internal AheadBook Ahead { get; } = new(layout, capacity);

    /// <summary>Whether any read waits.</summary>
    internal bool HasWaiters => !Waiting.IsEmpty;

    /// <summary>Whether reads go here and there, so that the next one may be anywhere.</summary>
    internal bool IsScattered(TimeSpan now) => now - _scatteredBefore < ScatteredMemory;

    /// <summary>Whether anybody wants the piece, now or soon.</summary>
    internal bool IsWanted(PieceIndex piece) => Waiting.Contains(piece) || Ahead.Contains(piece);

    /// <summary>A read waits for what <paramref name="has"/> does not know.</summary>
    /// <returns>False when nothing is missing: the wish is granted at once.</returns>
    internal bool Add(Wish wish, Predicate<PieceIndex> has, TimeSpan now)
    {
        if (!Waiting.Add(wish, has, now))
        {
            return false;
        }

        _hasNewWaiters = true;
        for (var piece = wish.First.Value; piece <= wish.Last.Value; piece++)
        {
            Ahead.Found(new PieceIndex(piece));
        }

        if (wish.IsScattered)
        {
            _scatteredBefore = _lastScattered;
            _lastScattered = now;
        }

        return true;
    }

    /// <summary>A reader no longer waits.</summary>
    internal void Remove(Wish wish)
    {
        Waiting.Remove(wish, _dropped);
        for (var piece = wish.First.Value; piece <= wish.Last.Value; piece++)
        {
            // Who reads ahead may have left it to the reader who waited.
            Ahead.Reopen(new PieceIndex(piece));
        }
    }

    /// <summary>A handle's windows, all of them; none when it was closed.</summary>
    internal void SetWindows(object reader, IReadOnlyList<ReadWindow> windows, TimeSpan now) => Ahead.Set(reader, windows, now, _dropped);

    /// <summary>Time has passed.</summary>
    /// <returns>Whether windows are gone because of it.</returns>
    internal bool Age(TimeSpan now) => Ahead.Age(now, _dropped);

    /// <summary>Whether reads have begun to wait since the last call.</summary>
    internal bool TakeNewWaiters()
    {
        var has = _hasNewWaiters;
        _hasNewWaiters = false;
        return has;
    }

    /// <summary>Moves the pieces that nobody wants any more, though somebody did, to <paramref name="into"/>.</summary>
    internal void TakeDropped(List<PieceIndex> into)
    {
        foreach (var piece in _dropped)
        {
            if (!IsWanted(piece))
            {
                into.Add(piece);
            }
        }

        _dropped.Clear();
    }
}
