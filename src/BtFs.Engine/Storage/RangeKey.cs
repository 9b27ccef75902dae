using BtFs.Engine.Layout;

namespace BtFs.Engine.Storage;

/// <summary>Names one piece of one torrent in the block cache. Compared by identity: its store makes one for each piece, once.</summary>
/// <remarks>An object rather than a pair of values, because the cache's keys are objects: a lookup then boxes nothing.</remarks>
internal sealed class RangeKey(PieceIndex piece, Action<PieceIndex> evicted)
{
    internal PieceIndex Piece { get; } = piece;

    /// <summary>Tells the store that the cache has let go of the range. On a thread of the pool, some time after.</summary>
    internal void OnEvicted() => evicted(Piece);
}
