using BtFs.Engine.Layout;

namespace BtFs.Engine.Picking;

/// <summary>A piece that somebody wants, and by when.</summary>
/// <param name="Piece">The piece.</param>
/// <param name="IsWaiting">Whether a reader is blocked on it; such demands come before all others.</param>
/// <param name="Deadline">Waiting: since when. Otherwise: when the reader will get there. In the loop's time.</param>
internal readonly record struct Demand(PieceIndex Piece, bool IsWaiting, TimeSpan Deadline) : IComparable<Demand>
{
    public int CompareTo(Demand other) =>
        IsWaiting != other.IsWaiting ? other.IsWaiting.CompareTo(IsWaiting)
        : Deadline != other.Deadline ? Deadline.CompareTo(other.Deadline)
        : Piece.CompareTo(other.Piece);
}
