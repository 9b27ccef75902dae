namespace BtFs.Engine.Layout;

/// <summary>The unit in which peers are asked: up to 16 KiB of one piece.</summary>
/// <param name="Piece">The piece.</param>
/// <param name="Offset">First byte in the piece, a multiple of <see cref="TorrentLayout.BlockLength"/>.</param>
/// <param name="Length">Bytes; shorter than 16 KiB only at the end of a piece.</param>
public readonly record struct BlockRef(PieceIndex Piece, int Offset, int Length)
{
    /// <summary>The number of the block in its piece.</summary>
    public int Number => Offset / TorrentLayout.BlockLength;
}
