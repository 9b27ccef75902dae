namespace BtFs.Engine.Layout;

/// <summary>Pieces in a row.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last, which belongs to it.</param>
internal readonly record struct PieceSpan(PieceIndex First, PieceIndex Last)
{
    internal bool Contains(PieceIndex piece) => piece.Value >= First.Value && piece.Value <= Last.Value;
}
