using BtFs.Engine.Layout;

namespace BtFs.Engine.Storage.Limits;

/// <summary>What pieces take of a file system that gives out whole blocks. Pure.</summary>
/// <remarks>
/// A piece that does not begin and end with a block shares one with its neighbour. Each is charged for it, so what is charged is never
/// less than what is taken; and the hole that is left by the last of the two takes it along.
/// </remarks>
internal sealed class PieceExtents(TorrentLayout layout, int blockLength)
{
    /// <summary>Bytes that a piece takes at most.</summary>
    internal long CostOf(PieceIndex piece) => Ceiling(EndOf(piece)) - Floor(layout.StartOf(piece));

    /// <summary>Bytes that the whole torrent takes.</summary>
    internal long CostOfAll => Ceiling(layout.TotalLength);

    /// <summary>Bytes that a file of so many takes.</summary>
    internal long CostOfFile(long length) => Ceiling(length);

    /// <summary>The bytes of the data file that may be freed when pieces go.</summary>
    /// <param name="gone">Pieces in a row.</param>
    /// <param name="isHere">Whether a neighbour is, or is about to be, on the disk: then what it shares stays.</param>
    /// <returns>Offset and length; the length is 0 when all is shared.</returns>
    internal (long Offset, long Length) HoleOf(PieceSpan gone, Predicate<PieceIndex> isHere)
    {
        var start = layout.StartOf(gone.First);
        var end = EndOf(gone.Last);
        start = IsFree(Floor(start), start, isHere) ? Floor(start) : Ceiling(start);
        end = IsFree(end, Math.Min(Ceiling(end), layout.TotalLength), isHere) ? Ceiling(end) : Floor(end);
        return (start, Math.Max(end - start, 0));
    }

    /// <summary>Pieces, put in order, as rows without gaps.</summary>
    internal static IEnumerable<PieceSpan> Rows(List<PieceIndex> pieces)
    {
        pieces.Sort();
        for (var i = 0; i < pieces.Count;)
        {
            var first = pieces[i];
            var last = first;
            for (i++; i < pieces.Count && pieces[i].Value == last.Value + 1; i++)
            {
                last = pieces[i];
            }

            yield return new PieceSpan(first, last);
        }
    }

    private long EndOf(PieceIndex piece) => layout.StartOf(piece) + layout.LengthOf(piece);

    private bool IsFree(long start, long end, Predicate<PieceIndex> isHere)
    {
        for (var at = start; at < end;)
        {
            var piece = layout.PieceAt(at);
            if (isHere(piece))
            {
                return false;
            }

            at = EndOf(piece);
        }

        return true;
    }

    private long Floor(long offset) => offset / blockLength * blockLength;

    private long Ceiling(long offset) => (offset + blockLength - 1) / blockLength * blockLength;
}
