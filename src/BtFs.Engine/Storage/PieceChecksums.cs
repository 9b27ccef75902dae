using BtFs.Engine.Layout;

namespace BtFs.Engine.Storage;

/// <summary>Which pieces the data file holds, and a checksum for each of their blocks. One owner adds; anybody asks, and forgets what is damaged.</summary>
/// <remarks>
/// Eight bytes for a block and two for a piece, in few objects: two million pieces of a block each take 20 MB, where an array for each
/// would take 80. Memory for the checksums comes with the first piece of a group. A piece that comes back has the checksums it had, so
/// they may be written again while somebody compares.
/// </remarks>
internal sealed class PieceChecksums
{
    /// <summary>Stands for a piece that is not here.</summary>
    internal const ushort NoLife = 0;

    /// <summary>Checksums in a group at least: 32 KiB of them, so that a torrent of which little is here wastes little.</summary>
    private const int LeastInGroup = 4096;

    private const ushort Here = 0x8000;
    private const ushort Suspect = 0x4000;

    private readonly TorrentLayout _layout;
    private readonly int _blocksInPiece;
    private readonly int _piecesInGroup;
    private readonly ulong[]?[] _groups;

    // For each piece how often it was added, in fourteen bits, whether it is here, and whether it is suspect.
    private readonly ushort[] _lives;

    internal PieceChecksums(TorrentLayout layout)
    {
        _layout = layout;
        _blocksInPiece = layout.PieceCount == 0 ? 1 : layout.BlocksIn(new PieceIndex(0));
        _piecesInGroup = Math.Max(LeastInGroup / _blocksInPiece, 1);
        _groups = new ulong[]?[(layout.PieceCount + _piecesInGroup - 1) / _piecesInGroup];
        _lives = new ushort[layout.PieceCount];
    }

    /// <summary>The pieces that are here, in order.</summary>
    internal IEnumerable<PieceIndex> Pieces()
    {
        for (var i = 0; i < _lives.Length; i++)
        {
            if (_lives[i] >= Here)
            {
                yield return new PieceIndex(i);
            }
        }
    }

    internal bool Has(PieceIndex piece) => LifeOf(piece) != NoLife;

    /// <summary>Which of its lives a piece is in; <see cref="NoLife"/> when it is not here.</summary>
    internal ushort LifeOf(PieceIndex piece)
    {
        var life = Volatile.Read(ref _lives[piece.Value]);
        return life >= Here ? (ushort)(life & ~Suspect) : NoLife;
    }

    /// <summary>The same, of a piece whose checksums are enough to serve it; <see cref="NoLife"/> when it is suspect, or not here.</summary>
    internal ushort BelievedLifeOf(PieceIndex piece)
    {
        var life = Volatile.Read(ref _lives[piece.Value]);
        return (life & (Here | Suspect)) == Here ? life : NoLife;
    }

    /// <summary>The checksums of the blocks of a piece that is, or was, here.</summary>
    internal ReadOnlySpan<ulong> SumsOf(PieceIndex piece) => Slots(piece);

    /// <summary>Adds a piece. For the owner.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="sums">The checksum of each of its blocks.</param>
    internal void Add(PieceIndex piece, ReadOnlySpan<ulong> sums)
    {
        _groups[piece.Value / _piecesInGroup] ??= new ulong[_piecesInGroup * _blocksInPiece];
        sums.CopyTo(Slots(piece));
        ref var life = ref _lives[piece.Value];
        Volatile.Write(ref life, (ushort)(((life + 1) & ~(Here | Suspect)) | Here));
    }

    /// <summary>Ends a life of a piece.</summary>
    /// <returns>False when it had ended before; the piece may be back by now.</returns>
    internal bool TryEnd(PieceIndex piece, ushort life) => TryChange(piece, life, now => (ushort)(now & ~(Here | Suspect)));

    /// <summary>Makes a piece suspect: before it is served again, its hash must be compared.</summary>
    /// <returns>False when it was, or is not here.</returns>
    internal bool TryDoubt(PieceIndex piece) => BelievedLifeOf(piece) is var life && TryChange(piece, life, now => (ushort)(now | Suspect));

    /// <summary>Makes every piece that is here suspect.</summary>
    internal void DoubtAll()
    {
        foreach (var piece in Pieces())
        {
            TryDoubt(piece);
        }
    }

    /// <summary>Believes a piece whose hash was right.</summary>
    /// <returns>False when that life has ended.</returns>
    internal bool TryBelieve(PieceIndex piece, ushort life) => TryChange(piece, life, now => (ushort)(now & ~Suspect));

    private bool TryChange(PieceIndex piece, ushort life, Func<ushort, ushort> change)
    {
        ref var now = ref _lives[piece.Value];
        var seen = Volatile.Read(ref now);
        while (life != NoLife && (seen & ~Suspect) == life)
        {
            var before = Interlocked.CompareExchange(ref now, change(seen), seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    private Span<ulong> Slots(PieceIndex piece) =>
        _groups[piece.Value / _piecesInGroup].AsSpan(piece.Value % _piecesInGroup * _blocksInPiece, _layout.BlocksIn(piece));
}
