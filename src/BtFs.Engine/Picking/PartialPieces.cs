using System.Diagnostics.CodeAnalysis;
using BtFs.Engine.Layout;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Picking;

/// <summary>The pieces under way, within a limit of memory that nobody has verified. Owned by the loop.</summary>
internal sealed class PartialPieces(TorrentLayout layout, SharedBufferPool buffers)
{
    /// <summary>Unverified bytes held at most, unless a single piece is longer than a quarter of it.</summary>
    internal const long MaxBytes = 64L << 20;

    /// <summary>The same, when readers wait for all of it. The last of very many readers waits for the first.</summary>
    internal const long MaxBytesWaitedFor = 4 * MaxBytes;

    private readonly Dictionary<PieceIndex, PartialPiece> _pieces = [];
    private readonly long _limit = Math.Max(MaxBytes, 4L * layout.PieceLength);
    private readonly long _limitWaiting = Math.Max(MaxBytesWaitedFor, 4L * layout.PieceLength);
    private long _bytes;

    internal IReadOnlyCollection<PartialPiece> All => _pieces.Values;

    internal bool TryGet(PieceIndex piece, [NotNullWhen(true)] out PartialPiece? partial) => _pieces.TryGetValue(piece, out partial);

    /// <summary>Whether one more piece fits.</summary>
    internal bool HasRoomFor(PieceIndex piece, bool isWaiting) => _bytes + layout.LengthOf(piece) <= (isWaiting ? _limitWaiting : _limit);

    internal PartialPiece Open(PieceIndex piece, TimeSpan now)
    {
        var length = layout.LengthOf(piece);
        var partial = new PartialPiece(new PieceAssembly(piece, layout, buffers.Rent(length)), layout, now);
        _pieces.Add(piece, partial);
        _bytes += length;
        return partial;
    }

    /// <summary>Takes a piece out; its memory stays the caller's to drop.</summary>
    internal void Remove(PartialPiece partial)
    {
        _pieces.Remove(partial.Piece);
        _bytes -= partial.Assembly.Length;
    }

    /// <summary>The piece that is missed least when room is short: nobody wants it, and it has waited longest.</summary>
    internal PartialPiece? LeastWanted(Predicate<PieceIndex> isWanted) =>
        _bytes <= _limit / 2 ? null : _pieces.Values.Where(partial => !isWanted(partial.Piece)).MinBy(partial => partial.LastProgress);
}
