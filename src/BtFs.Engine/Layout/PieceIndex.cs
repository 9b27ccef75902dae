namespace BtFs.Engine.Layout;

/// <summary>The number of a piece of one torrent, 0 to <see cref="TorrentLayout.PieceCount"/> − 1.</summary>
public readonly record struct PieceIndex(int Value) : IComparable<PieceIndex>
{
    /// <inheritdoc/>
    public int CompareTo(PieceIndex other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}
