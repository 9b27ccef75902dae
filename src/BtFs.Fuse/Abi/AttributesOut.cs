using System.Runtime.InteropServices;

namespace BtFs.Fuse.Abi;

/// <summary><c>struct fuse_attr</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KernelAttributes
{
    private const int KindShift = 12;

    public ulong Inode;
    public ulong Size;
    public ulong Blocks;
    public long AccessSeconds;
    public long ModifySeconds;
    public long ChangeSeconds;
    public uint AccessNanoseconds;
    public uint ModifyNanoseconds;
    public uint ChangeNanoseconds;
    public uint Mode;
    public uint Links;
    public uint UserId;
    public uint GroupId;
    public uint DeviceNumber;
    public uint BlockSize;
    public uint Flags;

    public static KernelAttributes From(in NodeAttributes node) => new()
    {
        Inode = node.Inode,
        Size = (ulong)node.Size,
        Blocks = node.Blocks,
        AccessSeconds = node.AccessTime.Seconds,
        ModifySeconds = node.ModifyTime.Seconds,
        ChangeSeconds = node.ChangeTime.Seconds,
        AccessNanoseconds = node.AccessTime.Nanoseconds,
        ModifyNanoseconds = node.ModifyTime.Nanoseconds,
        ChangeNanoseconds = node.ChangeTime.Nanoseconds,
        Mode = ((uint)node.Kind << KindShift) | node.Permissions,
        Links = node.Links,
        UserId = node.UserId,
        GroupId = node.GroupId,
        BlockSize = node.PreferredIoSize,
    };
}

/// <summary><c>struct fuse_attr_out</c>: the answer to GETATTR.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AttributesOut
{
    public ulong ValidSeconds;
    public uint ValidNanoseconds;
    public uint Reserved;
    public KernelAttributes Attributes;

    public static AttributesOut From(in NodeAttributes node)
    {
        var (seconds, nanoseconds) = Validity.Split(node.ValidFor);
        return new() { ValidSeconds = seconds, ValidNanoseconds = nanoseconds, Attributes = KernelAttributes.From(node) };
    }
}
