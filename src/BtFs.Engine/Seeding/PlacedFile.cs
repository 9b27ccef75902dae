namespace BtFs.Engine.Seeding;

/// <summary>Where a file of a torrent lies on this machine.</summary>
/// <param name="Path">Its path, or null when it does not.</param>
/// <param name="IsPad">Whether it is zeros between two others, which lie nowhere.</param>
internal readonly record struct PlacedFile(string? Path, bool IsPad = false)
{
    /// <summary>A pad file.</summary>
    internal static PlacedFile Pad { get; } = new(null, IsPad: true);

    /// <summary>A file that is not here.</summary>
    internal static PlacedFile Missing { get; } = new(null);
}
