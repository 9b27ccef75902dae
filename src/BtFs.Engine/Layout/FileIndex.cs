namespace BtFs.Engine.Layout;

/// <summary>The number of a file in the torrent's own list, pad files counted.</summary>
public readonly record struct FileIndex(int Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}
