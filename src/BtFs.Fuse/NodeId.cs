namespace BtFs.Fuse;

/// <summary>The file system's own name for a file or directory; the kernel hands it back with each request.</summary>
/// <param name="Value">Never 0 for a node that exists. A value must not be given to another node while the mount lives.</param>
public readonly record struct NodeId(ulong Value)
{
    /// <summary>The directory that is mounted; the kernel asks for it without a lookup.</summary>
    public static readonly NodeId Root = new(1);
}
