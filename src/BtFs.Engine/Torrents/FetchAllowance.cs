using BtFs.Engine.Layout;
using BtFs.Engine.Picking;

namespace BtFs.Engine.Torrents;

/// <summary>What may be fetched for one reader: asks before each wish, and counts a piece once while several reads wait for it. Safe from any thread.</summary>
/// <param name="layout">The torrent's arithmetic.</param>
/// <param name="pieces">What is here.</param>
/// <param name="mayFetch">Decides; told the bytes.</param>
internal sealed class FetchAllowance(TorrentLayout layout, PieceMap pieces, Func<long, bool> mayFetch)
{
    private readonly Lock _lock = new();
    private readonly HashSet<PieceIndex> _onTheirWay = [];

    /// <summary>Takes what a wish would have fetched.</summary>
    /// <returns>The pieces that were counted for it, to be given to <see cref="Done"/> when its wait is over.</returns>
    /// <exception cref="FetchRefusedException">It may not.</exception>
    public IReadOnlyList<PieceIndex> Take(Wish wish)
    {
        lock (_lock)
        {
            var missing = new List<PieceIndex>();
            var bytes = 0L;
            for (var piece = wish.First; piece.Value <= wish.Last.Value; piece = new PieceIndex(piece.Value + 1))
            {
                if (!pieces.Has(piece) && !_onTheirWay.Contains(piece))
                {
                    missing.Add(piece);
                    bytes += layout.LengthOf(piece);
                }
            }

            if (bytes > 0 && !mayFetch(bytes))
            {
                throw new FetchRefusedException();
            }

            _onTheirWay.UnionWith(missing);
            return missing;
        }
    }

    /// <summary>The wait is over: whoever wishes for these pieces again has them fetched again.</summary>
    public void Done(IReadOnlyList<PieceIndex> counted)
    {
        lock (_lock)
        {
            _onTheirWay.ExceptWith(counted);
        }
    }
}
