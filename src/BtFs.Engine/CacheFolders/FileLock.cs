using BtFs.Engine.Storage;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Engine.CacheFolders;

/// <summary>An exclusive lock on a file, which ends with the last descriptor of whoever took it, however that came.</summary>
/// <remarks>Open file description locks of fcntl(2), and not flock(2), because one can ask for them without taking them.</remarks>
internal static class FileLock
{
    // For fcntl(2) a length of 0 reaches to the end.
    private const long All = 0;

    /// <summary>Takes the lock, unless somebody has it.</summary>
    /// <param name="file">Open for writing.</param>
    /// <exception cref="IOException">The file system has no locks.</exception>
    internal static bool TryTake(SafeFileHandle file) => Posix.TryLockRange(file, 0, All)
        || (Posix.LastErrno is Posix.WouldBlock or Posix.AccessDenied ? false : throw Posix.LastError("The file system of the cache cannot lock files"));

    /// <summary>Whether somebody else has the lock.</summary>
    /// <param name="file">Open in any way.</param>
    internal static bool IsTaken(SafeFileHandle file) => Posix.IsRangeLocked(file, 0, All);
}
