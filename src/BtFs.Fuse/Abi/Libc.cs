using System.Runtime.InteropServices;

namespace BtFs.Fuse.Abi;

/// <summary>The C library, as far as this project needs it; the only place where it is called.</summary>
/// <remarks>
/// Not Mono.Posix: it marshals through a native helper of its own and finds its tables by reflection, neither of which survives NativeAOT, and it has
/// neither posix_spawn with file actions nor messages that carry descriptors. Every argument here is blittable, so a call costs nothing but itself;
/// <see cref="LastError"/> must be asked for at once, before anything else can call into the system.
/// </remarks>
internal static unsafe partial class Libc
{
    public const int OpenReadWrite = 2;
    public const int CloseOnExec = 0x80000;
    public const int DescriptorCloseOnExec = 1;
    public const int SetDescriptorFlags = 2;
    public const int GetStatusFlags = 3;
    public const int SetStatusFlags = 4;
    public const int NonBlocking = 0x800;

    public const int UnixSockets = 1;
    public const int StreamSocket = 1;
    public const int SequencedPackets = 5;
    public const int SocketLevel = 1;
    public const int PassDescriptors = 1;
    public const int ReceivedCloseOnExec = 0x40000000;

    public const nuint MountReadOnly = 1;
    public const nuint MountNoSetUserId = 2;
    public const nuint MountNoDevices = 4;
    public const nuint MountNoExec = 8;
    public const nuint MountNoAccessTime = 1024;

    public const int UnmountForce = 1;
    public const int UnmountDetach = 2;
    public const int UnmountNoFollow = 8;

    public const int CurrentDirectory = -100;
    public const uint StatusType = 1;

    public static Errno LastError => (Errno)Marshal.GetLastSystemError();

    [LibraryImport("libc", EntryPoint = "read")]
    public static partial nint Read(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "writev")]
    public static partial nint WriteVector(int descriptor, IoVector* parts, int count);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    public static partial int Control(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "pipe2")]
    public static partial int Pipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "socketpair")]
    public static partial int SocketPair(int domain, int type, int protocol, int* ends);

    [LibraryImport("libc", EntryPoint = "recvmsg")]
    public static partial nint ReceiveMessage(int socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "mount", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string source, string target, string type, nuint flags, string data);

    [LibraryImport("libc", EntryPoint = "umount2", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string target, int flags);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Status(int directory, string path, int flags, uint mask, ExtendedStatus* status);

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    public static partial byte* ResolvePath(string path, byte* resolved);

    [LibraryImport("libc", EntryPoint = "free")]
    public static partial void Free(void* memory);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUserId();

    [LibraryImport("libc", EntryPoint = "getegid")]
    public static partial uint EffectiveGroupId();

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int SpawnActionsInit(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int SpawnActionsDuplicate(void* actions, int descriptor, int asDescriptor);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int SpawnActionsDestroy(void* actions);

    /// <summary>Returns its error; <see cref="LastError"/> says nothing.</summary>
    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Spawn(int* process, string path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "waitpid")]
    public static partial int WaitForProcess(int process, int* status, int options);
}

/// <summary><c>struct msghdr</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public void* Name;
    public uint NameLength;
    public IoVector* Parts;
    public nuint PartCount;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
}

/// <summary><c>struct cmsghdr</c> and the one descriptor behind it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PassedDescriptor
{
    public nuint Length;
    public int Level;
    public int Type;
    public int Descriptor;
    public int Padding;
}

/// <summary><c>struct statx</c>, the fields that matter here.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct ExtendedStatus
{
    private const int KindShift = 12;

    [FieldOffset(28)]
    public ushort Mode;

    public readonly NodeKind Kind => (NodeKind)(Mode >> KindShift);
}
