using BtFs.Engine.Layout;

namespace BtFs.Engine.Picking;

/// <summary>How many connected peers have each piece. Written by the loop; any thread may ask, and each piece is then true by itself.</summary>
internal sealed class PieceCopies(int pieceCount)
{
    // Peers that have everything count in none of these, so that a seed that comes or goes costs nothing.
    private readonly ushort[] _partial = new ushort[pieceCount];
    private int _seeds;

    /// <summary>Where the pieces we lack are kept in the order of it too; null where that does not matter.</summary>
    internal PieceAvailability? Order { get; set; }

    /// <summary>Peers that have everything.</summary>
    internal int Seeds
    {
        get => Volatile.Read(ref _seeds);
        set => Volatile.Write(ref _seeds, value);
    }

    /// <summary>One peer more, or one less, has a piece; one that has everything is not counted here.</summary>
    internal void Add(int piece, int sign)
    {
        _partial[piece] = (ushort)Math.Clamp(_partial[piece] + sign, 0, ushort.MaxValue);
        Order?.Add(piece, sign);
    }

    /// <summary>Copies of the rarest of some pieces.</summary>
    internal int Fewest(PieceIndex first, PieceIndex last)
    {
        var fewest = int.MaxValue;
        foreach (var peers in _partial.AsSpan(first.Value..(last.Value + 1)))
        {
            fewest = Math.Min(fewest, peers);
        }

        return Seeds + fewest;
    }

    /// <summary>How many pieces have no copy, one, two, …; the last counts also those that have more.</summary>
    internal int[] Histogram(int length)
    {
        var counts = new int[length];
        var seeds = Seeds;
        foreach (var peers in _partial)
        {
            counts[Math.Min(seeds + peers, length - 1)]++;
        }

        return counts;
    }
}
