namespace BtFs.Engine.Storage;

/// <summary>What tells a file from another one in its place, and from itself after somebody wrote to it.</summary>
/// <param name="Inode">Its number in the file system.</param>
/// <param name="Length">Bytes.</param>
/// <param name="ModifiedAt">Its time of modification, nanoseconds since 1970.</param>
internal readonly record struct FileIdentity(ulong Inode, long Length, long ModifiedAt);
