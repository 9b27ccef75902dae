namespace BtFs.Mount;

/// <summary>A file or a symbolic link as a mount shows it.</summary>
/// <param name="Number">The torrent's number for it, from 0.</param>
/// <param name="Path">Its path in the mount, without a slash in front.</param>
/// <param name="Length">Bytes; 0 for a link.</param>
/// <param name="LinksTo">Where a link leads, or null.</param>
public sealed record ShownFile(int Number, string Path, long Length, string? LinksTo);
