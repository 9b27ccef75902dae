using BtFs.Engine.Layout;

namespace BtFs.Engine.Storage.Limits;

/// <summary>Which pieces of a torrent go first when room is needed. Pure: a snapshot in, a list out.</summary>
/// <remarks>
/// First what was fetched ahead and never read, the oldest first. Then what was read, the longest unread first. Last the heads and tails of
/// files that somebody uses: every player and every file manager looks at them again. What a reader is about to read does not go at all.
/// </remarks>
internal sealed class VictimOrder(TorrentLayout layout, PieceUse use)
{
    /// <summary>Bytes that count as the head or tail of a file, one piece at least: the index of a film, the directory of an archive.</summary>
    internal const long EdgeLength = 1L << 20;

    private const ulong Unread = 0;
    private const ulong Read = 1;
    private const ulong Edge = 2;

    /// <summary>Chooses among the pieces that are here.</summary>
    /// <param name="here">The pieces on the disk, each once.</param>
    /// <param name="live">What readers are about to read.</param>
    /// <param name="costOf">Bytes that a piece gives back.</param>
    /// <param name="bytes">Bytes wanted.</param>
    /// <returns>Pieces that give back so much together, or all that may go; in the order in which they should.</returns>
    internal List<PieceIndex> Choose(IEnumerable<PieceIndex> here, IReadOnlyList<PieceSpan> live, Func<PieceIndex, long> costOf, long bytes)
    {
        var pieces = here.Where(piece => !IsLive(piece, live)).ToArray();
        var keys = new ulong[pieces.Length];
        var edges = EdgesInUse(turnover: pieces.Length);
        for (var i = 0; i < pieces.Length; i++)
        {
            var rank = use.IsUnread(pieces[i]) ? Unread : edges.Contains(pieces[i]) ? Edge : Read;
            keys[i] = (rank << 32) | (uint)use.LastUse(pieces[i]);
        }

        Array.Sort(keys, pieces);
        var victims = new List<PieceIndex>();
        foreach (var piece in pieces)
        {
            if (bytes <= 0)
            {
                break;
            }

            victims.Add(piece);
            bytes -= costOf(piece);
        }

        return victims;
    }

    private static bool IsLive(PieceIndex piece, IReadOnlyList<PieceSpan> live)
    {
        for (var i = 0; i < live.Count; i++)
        {
            if (live[i].Contains(piece))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The first and last pieces of files of which something was read since all that is here was written.</summary>
    private HashSet<PieceIndex> EdgesInUse(int turnover)
    {
        var edges = new HashSet<PieceIndex>();
        var since = use.Now - turnover;
        for (var i = 0; i < layout.FileCount; i++)
        {
            var file = new FileIndex(i);
            var length = layout.LengthOf(file);
            if (length == 0)
            {
                continue;
            }

            var start = layout.StartOf(file);
            var whole = new PieceSpan(layout.PieceAt(start), layout.PieceAt(start + length - 1));
            if (IsUsedSince(whole, since))
            {
                AddAll(edges, whole with { Last = layout.PieceAt(start + Math.Min(EdgeLength, length) - 1) });
                AddAll(edges, whole with { First = layout.PieceAt(start + length - Math.Min(EdgeLength, length)) });
            }
        }

        return edges;
    }

    private bool IsUsedSince(PieceSpan pieces, int since)
    {
        for (var i = pieces.First.Value; i <= pieces.Last.Value; i++)
        {
            var piece = new PieceIndex(i);
            if (!use.IsUnread(piece) && use.LastUse(piece) >= since)
            {
                return true;
            }
        }

        return false;
    }

    private static void AddAll(HashSet<PieceIndex> to, PieceSpan pieces)
    {
        for (var i = pieces.First.Value; i <= pieces.Last.Value; i++)
        {
            to.Add(new PieceIndex(i));
        }
    }
}
