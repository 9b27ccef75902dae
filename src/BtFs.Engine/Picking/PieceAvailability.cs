using BtFs.Engine.Layout;

namespace BtFs.Engine.Picking;

/// <summary>How many peers have each piece that we lack, and those pieces in the order of it. Owned by the loop.</summary>
/// <remarks>
/// One array of pieces, sorted by availability, with the end of each bucket: a HAVE moves one piece over one border, which is one swap.
/// Inside a bucket the order is random, so that not everybody fetches the same piece. Seeds have all of them and change nothing.
/// </remarks>
internal sealed class PieceAvailability
{
    /// <summary>More peers than this make no difference.</summary>
    internal const int Most = 62;

    /// <summary>The bucket of pieces that are not to be fetched.</summary>
    private const int Excluded = Most + 1;

    private readonly int[] _order;
    private readonly int[] _position;
    private readonly ushort[] _peers;
    private readonly bool[] _isExcluded;

    // Where each bucket ends in _order; the next one begins there.
    private readonly int[] _ends = new int[Excluded + 1];

    /// <param name="pieceCount">Pieces in the torrent.</param>
    /// <param name="random">For the order among equals.</param>
    internal PieceAvailability(int pieceCount, Random random)
    {
        _order = new int[pieceCount];
        for (var i = 0; i < pieceCount; i++)
        {
            _order[i] = i;
        }

        random.Shuffle(_order);
        _position = new int[pieceCount];
        for (var i = 0; i < pieceCount; i++)
        {
            _position[_order[i]] = i;
        }

        _peers = new ushort[pieceCount];
        _isExcluded = new bool[pieceCount];
        Array.Fill(_ends, pieceCount);
    }

    /// <summary>Pieces to be fetched, the rarest first.</summary>
    internal ReadOnlySpan<int> Rarest => _order.AsSpan(0, _ends[Most]);

    /// <summary>Peers, seeds not counted, that have a piece.</summary>
    internal int PeersWith(PieceIndex piece) => _peers[piece.Value];

    /// <summary>One peer more, or one less, has a piece.</summary>
    internal void Add(int piece, int sign)
    {
        var before = BucketOf(piece);
        _peers[piece] = (ushort)Math.Clamp(_peers[piece] + sign, 0, ushort.MaxValue);
        Move(piece, before, BucketOf(piece));
    }

    /// <summary>Whether a piece is not to be fetched.</summary>
    internal void Exclude(PieceIndex piece, bool isExcluded)
    {
        if (_isExcluded[piece.Value] != isExcluded)
        {
            var before = BucketOf(piece.Value);
            _isExcluded[piece.Value] = isExcluded;
            Move(piece.Value, before, BucketOf(piece.Value));
        }
    }

    private int BucketOf(int piece) => _isExcluded[piece] ? Excluded : Math.Min((int)_peers[piece], Most);

    private void Move(int piece, int from, int to)
    {
        for (; from < to; from++)
        {
            // Its bucket's last piece takes its place, and the border moves over it.
            _ends[from]--;
            Swap(_position[piece], _ends[from]);
        }

        for (; from > to; from--)
        {
            Swap(_position[piece], _ends[from - 1]);
            _ends[from - 1]++;
        }
    }

    private void Swap(int a, int b)
    {
        (_order[a], _order[b]) = (_order[b], _order[a]);
        _position[_order[a]] = a;
        _position[_order[b]] = b;
    }
}
