using BtFs.Engine.Layout;

namespace BtFs.Engine.Storage;

/// <summary>Which pieces the data file holds, and a checksum for each of their blocks. One owner adds; anybody asks, and forgets what is damaged.</summary>
/// <remarks>
/// Eight bytes for a block and one for a piece, in few objects: two million pieces of a block each take 18 MB, where an array for each
/// would take 80. Memory for the checksums comes with the first piece of a group. A piece that comes back has the checksums it had, so
/// they may be written again while somebody compares.
/// </remarks>
internal sealed class PieceChecksums
{
    /// <summary>Stands for a piece that is not here.</summary>
    internal const byte NoLife = 0;

    /// <summary>Checksums in a group at least: 32 KiB of them, so that a torrent of which little is here wastes little.</summary>
    private const int LeastInGroup = 4096;

    private const byte IsHere = 0x80;

    private readonly TorrentLayout _layout;
    private readonly int _blocksInPiece;
    private readonly int _piecesInGroup;
    private readonly ulong[]?[] _groups;

    // For each piece how often it was added, in seven bits, and whether it is here.
    private readonly byte[] _lives;

    internal PieceChecksums(TorrentLayout layout)
    {
        _layout = layout;
        _blocksInPiece = layout.PieceCount == 0 ? 1 : layout.BlocksIn(new PieceIndex(0));
        _piecesInGroup = Math.Max(LeastInGroup / _blocksInPiece, 1);
        _groups = new ulong[]?[(layout.PieceCount + _piecesInGroup - 1) / _piecesInGroup];
        _lives = new byte[layout.PieceCount];
    }

    /// <summary>The pieces that are here, in order.</summary>
    internal IEnumerable<PieceIndex> Pieces()
    {
        for (var i = 0; i < _lives.Length; i++)
        {
            if (_lives[i] >= IsHere)
            {
                yield return new PieceIndex(i);
            }
        }
    }

    internal bool Has(PieceIndex piece) => LifeOf(piece) != NoLife;

    /// <summary>Which of its lives a piece is in; <see cref="NoLife"/> when it is not here.</summary>
    internal byte LifeOf(PieceIndex piece)
    {
        var life = Volatile.Read(ref _lives[piece.Value]);
        return life >= IsHere ? life : NoLife;
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
        Volatile.Write(ref life, (byte)(((life + 1) & ~IsHere) | IsHere));
    }

    /// <summary>Ends a life of a piece.</summary>
    /// <returns>False when it had ended before; the piece may be back by now.</returns>
    internal bool TryEnd(PieceIndex piece, byte life) =>
        life != NoLife && Interlocked.CompareExchange(ref _lives[piece.Value], (byte)(life & ~IsHere), life) == life;

    private Span<ulong> Slots(PieceIndex piece) =>
        _groups[piece.Value / _piecesInGroup].AsSpan(piece.Value % _piecesInGroup * _blocksInPiece, _layout.BlocksIn(piece));
}
