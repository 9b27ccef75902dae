namespace BtFs.Engine.Seeding;

/// <summary>Something below the path that is not in the torrent.</summary>
/// <param name="Path">Where it is on the disk.</param>
/// <param name="Reason">Why, in words for the user.</param>
public sealed record LeftOut(string Path, string Reason);
