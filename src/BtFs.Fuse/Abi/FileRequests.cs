using System.Runtime.InteropServices;

namespace BtFs.Fuse.Abi;

/// <summary><c>struct fuse_open_in</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OpenIn
{
    /// <summary>As given to <c>open(2)</c>.</summary>
    public uint Flags;
    public uint OpenFlags;
}

/// <summary><c>struct fuse_open_out</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OpenOut
{
    /// <summary><c>FOPEN_DIRECT_IO</c>.</summary>
    public const uint DirectIo = 1;

    /// <summary><c>FOPEN_KEEP_CACHE</c>.</summary>
    public const uint KeepCache = 1 << 1;

    /// <summary><c>FOPEN_CACHE_DIR</c>.</summary>
    public const uint CacheDirectory = 1 << 3;

    public ulong Handle;
    public uint OpenFlags;
    public uint Padding;

    public static OpenOut From(in OpenedFile opened) => new()
    {
        Handle = opened.Handle,
        OpenFlags = (opened.IsDirect ? DirectIo : 0) | (opened.KeepCache ? KeepCache : 0),
    };
}

/// <summary><c>struct fuse_read_in</c>: READ, READDIR and READDIRPLUS.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ReadIn
{
    public ulong Handle;

    /// <summary>Bytes; for a directory, the cookie.</summary>
    public ulong Offset;
    public uint Size;
    public uint ReadFlags;
    public ulong LockOwner;

    /// <summary>The flags the file was opened with.</summary>
    public uint Flags;
    public uint Padding;
}

/// <summary><c>struct fuse_release_in</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ReleaseIn
{
    public ulong Handle;
    public uint Flags;
    public uint ReleaseFlags;
    public ulong LockOwner;
}

/// <summary><c>struct fuse_flush_in</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FlushIn
{
    public ulong Handle;
    public uint Unused;
    public uint Padding;
    public ulong LockOwner;
}
