using System.Runtime.InteropServices;

namespace BtFs.Engine.Storage;

/// <summary>What the kernel says of a file: <c>struct statx</c>, which unlike <c>struct stat</c> is the same on every processor.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal readonly struct FileStatus
{
    private const ushort TypeMask = 0xF000;
    private const ushort Regular = 0x8000;
    private const ushort Folder = 0x4000;

    [FieldOffset(20)]
    private readonly uint _owner;

    [FieldOffset(28)]
    private readonly ushort _mode;

    [FieldOffset(32)]
    private readonly ulong _inode;

    [FieldOffset(40)]
    private readonly ulong _length;

    [FieldOffset(112)]
    private readonly long _modifiedSeconds;

    [FieldOffset(120)]
    private readonly uint _modifiedNanoseconds;

    [FieldOffset(136)]
    private readonly ulong _device;

    internal uint Owner => _owner;

    internal bool IsRegularFile => (_mode & TypeMask) == Regular;

    internal bool IsFolder => (_mode & TypeMask) == Folder;

    /// <summary>Whether group or others may do anything with it.</summary>
    internal bool IsShared => (_mode & 0x3F) != 0;

    internal long Length => checked((long)_length);

    // A time after the year 2262 wraps round, and is still another than any other.
    internal FileIdentity Identity => new(_inode, Length, unchecked(_modifiedSeconds * 1_000_000_000 + _modifiedNanoseconds));

    internal bool IsSameFileAs(FileStatus other) => _inode == other._inode && _device == other._device;
}
