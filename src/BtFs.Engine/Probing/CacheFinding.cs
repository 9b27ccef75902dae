namespace BtFs.Engine;

/// <summary>What a directory offers to a cache.</summary>
/// <param name="Trouble">Why it cannot hold one, or null.</param>
/// <param name="HasHoles">Whether files have holes; without them it cannot hold a cache.</param>
/// <param name="CanPunch">Whether parts of a file can be given back; without it a torrent is there as a whole or not at all.</param>
/// <param name="CanLock">Whether files can be locked; without it, it cannot hold a cache.</param>
/// <param name="FreeBytes">What is free for this user; null where the file system does not tell.</param>
/// <param name="TotalBytes">The size of the file system; null likewise.</param>
public sealed record CacheFinding(string? Trouble, bool HasHoles, bool CanPunch, bool CanLock, long? FreeBytes, long? TotalBytes);
