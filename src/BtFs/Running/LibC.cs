using System.Runtime.InteropServices;

namespace BtFs.Running;

/// <summary>The calls of libc that .NET has no face for. Only blittable arguments, and only calls that glibc and musl have alike.</summary>
internal static unsafe partial class LibC
{
    /// <summary>The effective user.</summary>
    public static uint UserId => geteuid();

    /// <summary>The effective group.</summary>
    public static uint GroupId => getegid();

    public const int CloseOnExec = 1; // FD_CLOEXEC
    public const int SetDescriptorFlags = 2; // F_SETFD
    public const int OpenCloseOnExec = 0x80000; // O_CLOEXEC, asm-generic
    public const int ReadWrite = 2; // O_RDWR
    public const int OpenDoNotWait = 0x800; // O_NONBLOCK, asm-generic
    public const short NewSession = 0x80; // POSIX_SPAWN_SETSID
    public const int MayExecute = 1; // X_OK
    public const int Kill = 9; // SIGKILL
    public const int Terminate = 15; // SIGTERM

    [LibraryImport("libc", SetLastError = true)]
    public static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int waitpid(int process, int* status, int options);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int process, int signal);

    /// <summary>What went wrong in the last call, in words.</summary>
    public static string LastError => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", SetLastError = true)]
    public static partial int access(byte* path, int mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial byte* mkdtemp(byte* template);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint getxattr(byte* path, byte* name, byte* value, nuint size);

    // The posix_spawn family returns the error; errno means nothing.
    [LibraryImport("libc")]
    public static partial int posix_spawn(int* process, byte* path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_addopen(void* actions, int descriptor, byte* path, int flags, uint mode);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_adddup2(void* actions, int from, int to);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_destroy(void* attributes);

    // Returns the error, too.
    [LibraryImport("libc")]
    public static partial int getpwuid_r(uint user, HomeDirectory.Passwd* entry, byte* strings, nuint length, HomeDirectory.Passwd** found);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc")]
    private static partial uint getegid();
}
