using System.Diagnostics.CodeAnalysis;
using BtFs.Engine.Layout;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Picking;

/// <summary>The pieces under way, within a limit of memory that nobody has verified. Owned by the loop.</summary>
/// <param name="layout">The torrent's arithmetic.</param>
/// <param name="map">The state of every piece.</param>
/// <param name="buffers">Where their memory comes from.</param>
/// <param name="capacity">Bytes that the store can keep: what is under way for nobody who waits is at most half of it, and all else no more than that.</param>
internal sealed class PartialPieces(TorrentLayout layout, PieceMap map, SharedBufferPool buffers, long capacity = long.MaxValue)
{
    /// <summary>Unverified bytes held at most, unless a single piece is longer than a quarter of it.</summary>
    internal const long MaxBytes = 64L << 20;

    /// <summary>The same, when readers wait for all of it. The last of very many readers waits for the first.</summary>
    internal const long MaxBytesWaitedFor = 4 * MaxBytes;

    private readonly Dictionary<PieceIndex, PartialPiece> _pieces = [];
    private readonly long _limit = Math.Max(Math.Min(MaxBytes, capacity / 2), 4L * layout.PieceLength);
    private readonly long _limitWaiting = Math.Max(Math.Min(MaxBytesWaitedFor, capacity), 4L * layout.PieceLength);
    private long _bytes;

    internal IReadOnlyCollection<PartialPiece> All => _pieces.Values;

    internal bool TryGet(PieceIndex piece, [NotNullWhen(true)] out PartialPiece? partial) => _pieces.TryGetValue(piece, out partial);

    /// <summary>Begins a piece. Where room is short, unfinished ones that are missed less make way.</summary>
    /// <param name="piece">Missing, and not under way.</param>
    /// <param name="demand">Who wants what.</param>
    /// <param name="background">What is fetched for nobody in particular.</param>
    /// <param name="now">The loop's time.</param>
    /// <returns>Null when there is no room.</returns>
    internal PartialPiece? Open(PieceIndex piece, DemandBook demand, Background background, TimeSpan now)
    {
        var isWaiting = demand.Waiting.Contains(piece);
        if (_bytes > _limit / 2 && LongestLeft(piece => demand.IsWanted(piece) || background.HasBegun(piece)) is { } leftover)
        {
            GiveUp(leftover);
        }
        else if (isWaiting && !HasRoomFor(piece, isWaiting) && LongestLeft(demand.Waiting.Contains) is { } ahead)
        {
            GiveUp(ahead);
            demand.Ahead.Reopen(ahead.Piece);
        }

        if (!HasRoomFor(piece, isWaiting))
        {
            return null;
        }

        map.Apply(piece, PieceEvent.Started);
        var length = layout.LengthOf(piece);
        var partial = new PartialPiece(new PieceAssembly(piece, layout, buffers.Rent(length)), layout, now);
        _pieces.Add(piece, partial);
        _bytes += length;
        return partial;
    }

    /// <summary>The last block is here: takes the piece out. Its memory is the caller's to drop.</summary>
    internal void Complete(PartialPiece partial)
    {
        map.Apply(partial.Piece, PieceEvent.LastBlockArrived);
        Remove(partial);
    }

    /// <summary>Takes back what was asked for, and lets go of the memory.</summary>
    internal void GiveUp(PartialPiece partial)
    {
        partial.CancelAll();
        Remove(partial);
        partial.Assembly.Drop();
        partial.Release();
        map.Apply(partial.Piece, PieceEvent.GivenUp);
    }

    private bool HasRoomFor(PieceIndex piece, bool isWaiting) => _bytes + layout.LengthOf(piece) <= (isWaiting ? _limitWaiting : _limit);

    private void Remove(PartialPiece partial)
    {
        _pieces.Remove(partial.Piece);
        _bytes -= partial.Assembly.Length;
    }

    /// <summary>Of the pieces that nobody wants, the one of which nothing has come for the longest time.</summary>
    private PartialPiece? LongestLeft(Predicate<PieceIndex> isWanted)
    {
        PartialPiece? longest = null;
        foreach (var partial in _pieces.Values)
        {
            if ((longest is null || partial.LastProgress < longest.LastProgress) && !isWanted(partial.Piece))
            {
                longest = partial;
            }
        }

        return longest;
    }
}
