using System.Runtime.InteropServices;
using BtFs.Engine.Storage.Limits;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Engine.Storage;

/// <summary>System calls that .NET lacks, or offers without the guarantee that the cache needs. Linux only.</summary>
/// <remarks>
/// <c>openat</c> and friends, because a path can be swapped for a symbolic link between two looks at it and a folder that is
/// open cannot; <c>fsync</c>, because .NET 10 swallows its errors.
/// </remarks>
internal static partial class Posix
{
    internal const int NoEntry = 2;
    internal const int Interrupted = 4;
    internal const int WouldBlock = 11;
    internal const int AccessDenied = 13;
    internal const int Exists = 17;
    internal const int NotAFolder = 20;
    internal const int IsAFolder = 21;
    internal const int NoSpace = 28;
    internal const int NoSystemCall = 38;
    internal const int IsALink = 40;
    internal const int NotSupported = 95;
    internal const int QuotaExceeded = 122;

    private const int ReadWrite = 2;
    private const int Create = 0x40;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int CurrentFolder = -100;
    private const uint BasicFields = 0x7ff;
    private const int RemoveFolder = 0x200;
    private const int NoWait = 8;

    // bits/fcntl-linux.h
    private const int AdviceDontNeed = 4;
    private const int KeepSize = 1;
    private const int PunchHole = 2;
    private const int GetRangeLock = 36;
    private const int SetRangeLock = 37;
    private const short WriteLock = 1;
    private const short NoLock = 2;

    // The only two flags used here whose values differ between processors (asm/fcntl.h).
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64;
    private static readonly int Folder = IsArm ? 0x4000 : 0x10000;
    private static readonly int NoFollow = IsArm ? 0x8000 : 0x20000;

    internal static uint UserId => geteuid();

    /// <summary>Opens a folder by path, through symbolic links; null when that cannot be, see <see cref="LastErrno"/>.</summary>
    internal static SafeFileHandle? TryOpenFolder(string path) => Opened(open(path, Folder | CloseOnExec, 0));

    /// <summary>Opens a folder inside another, but no symbolic link; null when that cannot be, see <see cref="LastErrno"/>.</summary>
    internal static SafeFileHandle? OpenFolderAt(SafeHandle parent, string name) =>
        Opened(openat(parent, name, Folder | NoFollow | CloseOnExec, 0));

    /// <summary>Opens a file inside a folder, made 0600 if it is missing; follows no symbolic link and never waits on a fifo.</summary>
    internal static SafeFileHandle? OpenFileAt(SafeHandle parent, string name) =>
        Opened(openat(parent, name, ReadWrite | Create | NoFollow | NonBlocking | CloseOnExec, 0x180));

    /// <summary>Opens a file inside a folder for reading; follows no symbolic link and never waits on a fifo. Null when that cannot be, see <see cref="LastErrno"/>.</summary>
    internal static SafeFileHandle? OpenToReadAt(SafeHandle parent, string name) =>
        Opened(openat(parent, name, NoFollow | NonBlocking | CloseOnExec, 0));

    /// <summary>Opens an ordinary file for reading, through symbolic links, without ever waiting on a fifo.</summary>
    internal static SafeFileHandle? OpenForReading(string path) => Opened(open(path, NonBlocking | CloseOnExec, 0));

    /// <summary>Makes a folder 0700 inside another; false when that cannot be, see <see cref="LastErrno"/>.</summary>
    internal static bool MakeFolderAt(SafeHandle parent, string name) => mkdirat(parent, name, 0x1C0) == 0;

    /// <summary>Takes away every right of group and others.</summary>
    internal static bool MakePrivate(SafeHandle folder) => fchmod(folder, 0x1C0) == 0;

    internal static bool UnlinkAt(SafeHandle parent, string name) => unlinkat(parent, name, 0) == 0;

    internal static bool RemoveFolderAt(SafeHandle parent, string name) => unlinkat(parent, name, RemoveFolder) == 0;

    /// <summary>Gives a file of a folder another name in it, in place of what had that name; false when that cannot be, see <see cref="LastErrno"/>.</summary>
    internal static bool RenameAt(SafeHandle parent, string from, string to) => renameat(parent, from, parent, to) == 0;

    /// <summary>Waits until the names in a folder would survive a power cut.</summary>
    /// <exception cref="IOException">They may not have reached the disk.</exception>
    internal static void Synchronize(SafeHandle folder) => Synchronize(folder, fsync);

    /// <summary>Waits until a file's bytes would survive a power cut.</summary>
    /// <exception cref="IOException">They may not have reached the disk. Asking again proves nothing: the kernel tells once.</exception>
    internal static void SynchronizeData(SafeHandle file) => Synchronize(file, fdatasync);

    private static void Synchronize(SafeHandle file, Func<SafeHandle, int> call)
    {
        while (call(file) != 0)
        {
            if (LastErrno != Interrupted)
            {
                throw LastError("Cannot bring the cache to the disk");
            }
        }
    }

    /// <summary>Reads what the page cache has, and no more: preadv2(2) with RWF_NOWAIT.</summary>
    /// <returns>Bytes read, or −1, see <see cref="LastErrno"/>; <see cref="WouldBlock"/> when the first byte is still on the disk.</returns>
    internal static unsafe int ReadNow(SafeHandle file, Span<byte> destination, long offset)
    {
        fixed (byte* first = destination)
        {
            var part = new IoVector(first, (nuint)destination.Length);
            return (int)preadv2(file, &part, 1, offset, NoWait);
        }
    }

    internal static FileStatus? Status(SafeHandle file) => Status(file, "", 0x1000);

    /// <summary>The status of what a name stands for now; null when there is nothing. Links are not followed.</summary>
    internal static FileStatus? StatusAt(SafeHandle parent, string name) => Status(parent, name, 0x100);

    /// <summary>The status of what a path leads to, through symbolic links; null when that is nothing, see <see cref="LastErrno"/>.</summary>
    internal static FileStatus? StatusOf(string path) => statx(CurrentFolder, path, 0, BasicFields, out var status) == 0 ? status : null;

    /// <summary>Has the system drop a range from its page cache: posix_fadvise(2). What is not written yet stays.</summary>
    /// <remarks>Whether it does is the system's business, so nobody hears of a failure.</remarks>
    internal static void DontNeed(SafeHandle file, long offset, long length) => _ = posix_fadvise(file, offset, length, AdviceDontNeed);

    /// <summary>Gives the blocks of a range back to the file system: fallocate(2). The range reads as zeros, the file keeps its length.</summary>
    /// <returns>False when the file system cannot.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    internal static bool TryPunch(SafeHandle file, long offset, long length)
    {
        while (fallocate(file, PunchHole | KeepSize, offset, length) != 0)
        {
            if (LastErrno is NotSupported or NoSystemCall)
            {
                return false;
            }

            if (LastErrno != Interrupted)
            {
                throw LastError("Cannot give back cached bytes");
            }
        }

        return true;
    }

    /// <summary>Has the file system set blocks aside for a file, whose bytes stay as they are; false when it cannot.</summary>
    internal static bool TryAllocate(SafeHandle file, long length) => fallocate(file, 0, 0, length) == 0;

    /// <summary>What the file system of an open file or folder has; null when it does not tell: one in memory has no number of blocks.</summary>
    internal static DiskSpace? Space(SafeHandle file) => fstatvfs(file, out var status) == 0 && status.Blocks > 0
        ? new DiskSpace(Bytes(status.Blocks, status.FragmentLength), Bytes(status.Available, status.FragmentLength), (int)Math.Clamp(status.FragmentLength, 512, 1 << 20))
        : null;

    /// <summary>Takes the lock of a range of a file, or finds that another opening of it has it. It ends with this opening, so at the latest with the process.</summary>
    internal static bool TryLockRange(SafeHandle file, long offset, long length)
    {
        var wanted = new RangeLock(WriteLock, offset, length);
        return fcntl(file, SetRangeLock, ref wanted) == 0;
    }

    internal static void UnlockRange(SafeHandle file, long offset, long length)
    {
        var none = new RangeLock(NoLock, offset, length);
        _ = fcntl(file, SetRangeLock, ref none);
    }

    /// <summary>Whether another opening of the file has a lock within the range.</summary>
    internal static bool IsRangeLocked(SafeHandle file, long offset, long length)
    {
        var wanted = new RangeLock(WriteLock, offset, length);
        return fcntl(file, GetRangeLock, ref wanted) == 0 && wanted.Kind != NoLock;
    }

    internal static int LastErrno => Marshal.GetLastPInvokeError();

    /// <summary>The failure of the last call made on this thread.</summary>
    internal static IOException LastError(string what) => Error(what, LastErrno);

    /// <summary>A failure of which errno(3) tells the reason; it is the exception's <see cref="Exception.HResult"/>, too.</summary>
    internal static IOException Error(string what, int errno) =>
        new($"{what}: {Marshal.GetPInvokeErrorMessage(errno)}.", errno);

    /// <summary><c>struct iovec</c>.</summary>
    private readonly unsafe struct IoVector(byte* start, nuint length)
    {
        private readonly byte* _start = start;
        private readonly nuint _length = length;
    }

    /// <summary><c>struct statvfs</c> of 64-bit systems.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private readonly struct FileSystemStatus
    {
        [FieldOffset(8)]
        internal readonly ulong FragmentLength;

        [FieldOffset(16)]
        internal readonly ulong Blocks;

        [FieldOffset(32)]
        internal readonly ulong Available;
    }

    /// <summary><c>struct flock</c> of 64-bit systems. The process must be 0 for locks that belong to an opening (F_OFD_SETLK).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 32)]
    private readonly struct RangeLock(short kind, long offset, long length)
    {
        [FieldOffset(0)]
        internal readonly short Kind = kind;

        [FieldOffset(8)]
        private readonly long _offset = offset;

        [FieldOffset(16)]
        private readonly long _length = length;
    }

    private static long Bytes(ulong blocks, ulong length) => (long)UInt128.Min((UInt128)blocks * length, long.MaxValue / 4);

    private static FileStatus? Status(SafeHandle file, string name, int flags) =>
        statx(file, name, flags, BasicFields, out var status) == 0 ? status : null;

    private static SafeFileHandle? Opened(int descriptor) => descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int openat(SafeHandle parent, string name, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdirat(SafeHandle parent, string name, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlinkat(SafeHandle parent, string name, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(SafeHandle folder, string name, int flags, uint mask, out FileStatus status);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string name, int flags, uint mask, out FileStatus status);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint preadv2(SafeHandle file, IoVector* parts, int count, long offset, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmod(SafeHandle file, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renameat(SafeHandle fromParent, string from, SafeHandle toParent, string to);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int posix_fadvise(SafeHandle file, long offset, long length, int advice);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(SafeHandle file, int mode, long offset, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fstatvfs(SafeHandle file, out FileSystemStatus status);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeHandle file, int command, ref RangeLock range);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeHandle file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(SafeHandle file);

    [LibraryImport("libc")]
    private static partial uint geteuid();
}
