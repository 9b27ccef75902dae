namespace BtFs.Fuse;

/// <summary>What a node is. Values are the <c>d_type</c> of <c>readdir(3)</c>: the top four bits of the mode.</summary>
public enum NodeKind : byte
{
    Directory = 4,
    File = 8,
    SymbolicLink = 10,
}
