using System.Runtime.InteropServices;

namespace BtFs.Fuse.Abi;

/// <summary><c>struct fuse_getxattr_in</c>: GETXATTR and LISTXATTR.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ExtendedAttributeIn
{
    /// <summary>Room in the caller's buffer in bytes; 0 asks for the length alone.</summary>
    public uint Size;
    public uint Padding;
}

/// <summary><c>struct fuse_getxattr_out</c>: the answer when the length alone was asked for.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ExtendedAttributeOut
{
    public uint Size;
    public uint Padding;
}

/// <summary><c>struct fuse_forget_in</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ForgetIn
{
    public ulong Lookups;
}

/// <summary><c>struct fuse_batch_forget_in</c>; as many <see cref="ForgetOne"/> follow as it says.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BatchForgetIn
{
    public uint Count;
    public uint Padding;
}

/// <summary><c>struct fuse_forget_one</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ForgetOne
{
    public ulong Node;
    public ulong Lookups;
}

/// <summary><c>struct fuse_interrupt_in</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct InterruptIn
{
    /// <summary>The request that is no longer waited for.</summary>
    public ulong Target;
}

/// <summary><c>struct fuse_statfs_out</c>, whose last 24 bytes are spare.</summary>
[StructLayout(LayoutKind.Sequential, Size = 80)]
internal struct StatisticsOut
{
    public ulong Blocks;
    public ulong FreeBlocks;
    public ulong AvailableBlocks;
    public ulong Files;
    public ulong FreeFiles;
    public uint BlockSize;
    public uint NameLength;
    public uint FragmentSize;
    public uint Padding;

    public static StatisticsOut From(in FileSystemStatistics statistics) => new()
    {
        Blocks = statistics.Blocks,
        FreeBlocks = statistics.FreeBlocks,
        AvailableBlocks = statistics.AvailableBlocks,
        Files = statistics.Files,
        FreeFiles = statistics.FreeFiles,
        BlockSize = statistics.BlockSize,
        NameLength = statistics.MaxNameLength,
        FragmentSize = statistics.BlockSize,
    };
}
