using System.Runtime.InteropServices;

namespace BtFs.Fuse.Abi;

/// <summary><c>struct fuse_create_in</c>; the name follows.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CreateIn
{
    public uint Flags;
    public uint Mode;
    public uint Umask;
    public uint OpenFlags;
}

/// <summary>The answer to CREATE: what LOOKUP and OPEN would have answered, one after the other.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CreateOut
{
    public EntryOut Entry;
    public OpenOut Open;
}

/// <summary><c>struct fuse_write_in</c>; the bytes follow.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WriteIn
{
    public ulong Handle;
    public ulong Offset;
    public uint Size;
    public uint WriteFlags;
    public ulong LockOwner;
    public uint Flags;
    public uint Padding;
}

/// <summary><c>struct fuse_write_out</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WriteOut
{
    public uint Size;
    public uint Padding;
}

/// <summary><c>struct fuse_rename_in</c>: RENAME; both names follow.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RenameIn
{
    public ulong NewParent;
}

/// <summary><c>struct fuse_rename2_in</c>: RENAME2; both names follow.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Rename2In
{
    /// <summary><c>RENAME_NOREPLACE</c>, the one flag that makes sense here.</summary>
    public const uint NoReplace = 1;

    public ulong NewParent;
    public uint Flags;
    public uint Padding;
}

/// <summary><c>struct fuse_setattr_in</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SetAttributesIn
{
    public const uint HasMode = 1 << 0;
    public const uint HasUserId = 1 << 1;
    public const uint HasGroupId = 1 << 2;
    public const uint HasSize = 1 << 3;
    public const uint HasModifyTime = 1 << 5;
    public const uint ModifiedNow = 1 << 8;

    private const uint PermissionBits = 0xfff;

    public uint Valid;
    public uint Padding;
    public ulong Handle;
    public ulong Size;
    public ulong LockOwner;
    public long AccessSeconds;
    public long ModifySeconds;
    public long ChangeSeconds;
    public uint AccessNanoseconds;
    public uint ModifyNanoseconds;
    public uint ChangeNanoseconds;
    public uint Mode;
    public uint Unused4;
    public uint UserId;
    public uint GroupId;
    public uint Unused5;

    public readonly AttributeChange ToChange() => new()
    {
        Permissions = Has(HasMode) ? (ushort)(Mode & PermissionBits) : null,
        UserId = Has(HasUserId) ? UserId : null,
        GroupId = Has(HasGroupId) ? GroupId : null,
        Size = Has(HasSize) ? (long)Size : null,
        ModifyTime = Has(HasModifyTime) && !Has(ModifiedNow) ? new UnixTime(ModifySeconds, ModifyNanoseconds) : null,
    };

    private readonly bool Has(uint bit) => (Valid & bit) != 0;
}
