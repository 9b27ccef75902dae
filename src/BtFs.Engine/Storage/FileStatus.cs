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

    [FieldOffset(48)]
    private readonly ulong _blocks;

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

    /// <summary>Bytes that it takes on the disk; holes take none.</summary>
    internal long BytesOnDisk => checked((long)_blocks * 512);

    /// <summary>When its bytes were last changed.</summary>
    internal DateTimeOffset Modified => DateTimeOffset.FromUnixTimeSeconds(_modifiedSeconds).AddTicks(_modifiedNanoseconds / TimeSpan.NanosecondsPerTick);

    /// <summary>What tells whether it is the file that it was, and unchanged.</summary>
    /// <remarks>A time after the year 2262 wraps round, and is still another than any other.</remarks>
    internal FileIdentity Identity => new(_inode, Length, unchecked(_modifiedSeconds * 1_000_000_000 + _modifiedNanoseconds));

    internal bool IsSameFileAs(FileStatus other) => _inode == other._inode && _device == other._device;
}
