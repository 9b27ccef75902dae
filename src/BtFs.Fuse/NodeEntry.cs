namespace BtFs.Fuse;

/// <summary>A name in a directory and the node behind it.</summary>
public readonly record struct NodeEntry
{
    public NodeId Node { get; init; }

    public NodeAttributes Attributes { get; init; }

    /// <summary>How long the kernel may take the name as leading to this node.</summary>
    public TimeSpan NameValidFor { get; init; }

    /// <summary>"There is no such name", remembered by the kernel for a while. An answer of <see cref="Errno.ENOENT"/> is not remembered.</summary>
    public static NodeEntry Missing(TimeSpan validFor) => new() { NameValidFor = validFor };
}
