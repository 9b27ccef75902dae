namespace BtFs.Engine.Layout;

/// <summary>A run of bytes inside one piece.</summary>
/// <param name="Piece">The piece.</param>
/// <param name="Offset">First byte, counted from the start of the piece.</param>
/// <param name="Length">Bytes, at least 1.</param>
public readonly record struct PieceSlice(PieceIndex Piece, int Offset, int Length);
