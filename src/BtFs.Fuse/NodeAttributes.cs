namespace BtFs.Fuse;

/// <summary>What <c>stat(2)</c> answers for a node.</summary>
public readonly record struct NodeAttributes
{
    /// <summary>The inode number shown to programs.</summary>
    public required ulong Inode { get; init; }

    public required NodeKind Kind { get; init; }

    /// <summary>Permission bits, the low twelve of the mode: <c>Convert.ToUInt16("444", 8)</c>.</summary>
    public required ushort Permissions { get; init; }

    /// <summary>Length in bytes. Readers see it as the end of the file: a READ is never answered past it.</summary>
    public long Size { get; init; }

    /// <summary>Bytes really present, in units of 512 bytes: what <c>du</c> adds up.</summary>
    public ulong Blocks { get; init; }

    /// <summary>The size of I/O that suits the file, in bytes; 0 lets the kernel choose.</summary>
    public uint PreferredIoSize { get; init; }

    /// <summary>Names this node has. For a directory: 2 plus its subdirectories, or 1 if that is not known.</summary>
    public uint Links { get; init; }

    public uint UserId { get; init; }
    public uint GroupId { get; init; }
    public UnixTime AccessTime { get; init; }
    public UnixTime ModifyTime { get; init; }
    public UnixTime ChangeTime { get; init; }

    /// <summary>How long the kernel may answer from memory before it asks again. Zero: it asks each time.</summary>
    public TimeSpan ValidFor { get; init; }
}
