using BtFs.Engine.Layout;

namespace BtFs.Engine.Picking;

/// <summary>The reads that wait, by the pieces they wait for. Owned by the loop.</summary>
internal sealed class WaitingReads
{
    private readonly Dictionary<PieceIndex, List<Wish>> _byPiece = [];
    private readonly List<PieceIndex> _pieces = [];

    internal bool IsEmpty => _pieces.Count == 0;

    /// <summary>The pieces waited for, in the order in which somebody began to wait.</summary>
    internal IReadOnlyList<PieceIndex> Pieces => _pieces;

    /// <summary>Every read that waits, each once.</summary>
    internal IEnumerable<Wish> Wishes => _byPiece.Values.SelectMany(wishes => wishes).Distinct();

    internal bool Contains(PieceIndex piece) => _byPiece.ContainsKey(piece);

    /// <summary>Notes a waiting read on each piece that <paramref name="has"/> does not know.</summary>
    /// <returns>False when nothing is missing: the wish is granted at once.</returns>
    internal bool Add(Wish wish, Predicate<PieceIndex> has, TimeSpan now)
    {
        wish.Since = wish.LastProgress = now;
        for (var i = wish.First.Value; i <= wish.Last.Value; i++)
        {
            var piece = new PieceIndex(i);
            if (!has(piece))
            {
                wish.Missing++;
                Note(wish, piece);
            }
        }

        if (wish.Missing == 0)
        {
            wish.Grant();
            return false;
        }

        return true;
    }

    /// <summary>A reader no longer waits.</summary>
    /// <param name="wish">What it waited for.</param>
    /// <param name="free">Filled with the pieces that nobody waits for any more.</param>
    internal void Remove(Wish wish, List<PieceIndex> free)
    {
        for (var i = wish.First.Value; i <= wish.Last.Value; i++)
        {
            var piece = new PieceIndex(i);
            if (_byPiece.TryGetValue(piece, out var wishes) && wishes.Remove(wish) && wishes.Count == 0)
            {
                Forget(piece);
                free.Add(piece);
            }
        }
    }

    /// <summary>A piece can be read: its waiters wake, unless they wait for another one too.</summary>
    internal void Granted(PieceIndex piece)
    {
        if (!_byPiece.TryGetValue(piece, out var wishes))
        {
            return;
        }

        Forget(piece);
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
        if (_byPiece.TryGetValue(piece, out var wishes))
        {
            foreach (var wish in wishes)
            {
                wish.LastProgress = now;
            }
        }
    }

    private void Note(Wish wish, PieceIndex piece)
    {
        if (!_byPiece.TryGetValue(piece, out var wishes))
        {
            _byPiece[piece] = wishes = [];
            _pieces.Add(piece);
        }

        wishes.Add(wish);
    }

    private void Forget(PieceIndex piece)
    {
        _byPiece.Remove(piece);
        _pieces.Remove(piece);
    }
}
