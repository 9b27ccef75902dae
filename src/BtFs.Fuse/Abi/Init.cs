using System.Runtime.InteropServices;

namespace BtFs.Fuse.Abi;

/// <summary><c>struct fuse_init_in</c> up to protocol 7.35; from 7.36 on, the second word of the flags and room for more follow.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct InitIn
{
    public uint Major;
    public uint Minor;
    public uint MaxReadahead;
    public uint Flags;
}

/// <summary><c>struct fuse_init_out</c>, whose last 28 bytes are not used yet.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct InitOut
{
    public uint Major;
    public uint Minor;
    public uint MaxReadahead;
    public uint Flags;
    public ushort MaxBackground;
    public ushort CongestionThreshold;
    public uint MaxWrite;

    /// <summary>Finest step of the file system's times, in nanoseconds.</summary>
    public uint TimeGranularity;
    public ushort MaxPages;
    public ushort MapAlignment;
    public uint Flags2;
}
