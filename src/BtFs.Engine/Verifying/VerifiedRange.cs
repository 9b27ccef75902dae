using BtFs.Engine.Layout;

namespace BtFs.Engine.Verifying;

/// <summary>Bytes that hashed to what the torrent promised. Only verification makes one: holding it is the proof.</summary>
/// <remarks>
/// A whole piece for a v1 torrent; one 16 KiB block for v2 (BEP 52), which is why it carries an offset.
/// Comes with one hold on <see cref="Bytes"/>, passed on to whoever keeps it.
/// </remarks>
internal sealed class VerifiedRange
{
    internal VerifiedRange(PieceSlice where, SharedBuffer bytes)
    {
        Where = where;
        Bytes = bytes;
    }

    /// <summary>The range that is proven.</summary>
    internal PieceSlice Where { get; }

    /// <summary>The piece's memory; only <see cref="Where"/> of it is proven.</summary>
    internal SharedBuffer Bytes { get; }

    /// <summary>Whether all of a slice is proven.</summary>
    internal bool Covers(PieceSlice slice) =>
        slice.Piece == Where.Piece
        && slice.Offset >= Where.Offset
        && (long)slice.Offset + slice.Length <= (long)Where.Offset + Where.Length;
}
