namespace BtFs.Fuse;

/// <summary>What <c>chmod(2)</c>, <c>chown(2)</c>, <c>truncate(2)</c> or <c>utimensat(2)</c> wants changed; <see langword="null"/> stays as it is.</summary>
public readonly record struct AttributeChange
{
    /// <summary>The low twelve bits of the mode.</summary>
    public ushort? Permissions { get; init; }

    public uint? UserId { get; init; }

    public uint? GroupId { get; init; }

    /// <summary>Length in bytes, 0 or more: what is beyond it goes, what is new is zeros.</summary>
    public long? Size { get; init; }

    /// <summary>A time of the program's own choosing; not the present, which a file system knows itself.</summary>
    public UnixTime? ModifyTime { get; init; }
}
