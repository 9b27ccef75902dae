using System.Runtime.InteropServices;
using BtFs.Engine.Storage;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Engine.CacheFolders;

/// <summary>An exclusive lock on a file, which ends with the last descriptor of whoever took it, however that came.</summary>
/// <remarks>Open file description locks of fcntl(2), and not flock(2), because one can ask for them without taking them.</remarks>
internal static unsafe partial class FileLock
{
    private const int GetLock = 36; // F_OFD_GETLK
    private const int SetLock = 37; // F_OFD_SETLK
    private const short ForWriting = 1;
    private const short None = 2;

    /// <summary>Takes the lock, unless somebody has it.</summary>
    /// <param name="file">Open for writing.</param>
    /// <exception cref="IOException">The file system has no locks.</exception>
    internal static bool TryTake(SafeFileHandle file)
    {
        var all = new Range { Kind = ForWriting };
        if (fcntl(file, SetLock, &all) == 0)
        {
            return true;
        }

        return Posix.LastErrno is Posix.WouldBlock or Posix.AccessDenied
            ? false
            : throw Posix.LastError("The file system of the cache cannot lock files");
    }

    /// <summary>Whether somebody else has the lock.</summary>
    /// <param name="file">Open in any way.</param>
    internal static bool IsTaken(SafeFileHandle file)
    {
        var all = new Range { Kind = ForWriting };
        return fcntl(file, GetLock, &all) == 0 && all.Kind != None;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeHandle file, int command, Range* range);

    /// <summary><c>struct flock</c>; zeros stand for the whole file.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Range
    {
        public short Kind;
        private readonly short _whence;
        private readonly long _start;
        private readonly long _length;
        private readonly int _process;
    }
}
