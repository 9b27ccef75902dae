using System.Runtime.InteropServices;

namespace BtFs.Fuse.Abi;

/// <summary><c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector(void* start, nuint length)
{
    /// <summary>Most parts that one <c>writev(2)</c> takes (<c>IOV_MAX</c>).</summary>
    public const int MaxParts = 1024;

    public void* Start = start;
    public nuint Length = length;
}
