using System.Runtime.InteropServices;

namespace BtFs.Fuse.Abi;

/// <summary><c>struct fuse_dirent</c> without its name, which follows and is padded to eight bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DirectoryEntry
{
    public ulong Inode;
    public ulong NextCookie;
    public uint NameLength;
    public uint Kind;
}
