using System.Text;
using BtFs.Engine.Layout;
using BtFs.Fuse;

namespace BtFs.Mount;

/// <summary>One file, folder or symbolic link of the mounted torrent. Immutable once its tree is built.</summary>
internal sealed class FileNode
{
    /// <summary>What it is.</summary>
    public required NodeKind Kind { get; init; }

    /// <summary>Position in <see cref="FileTree.Nodes"/>; the root is 0.</summary>
    public required int Number { get; init; }

    /// <summary>The inode number: the same in every mount of the same torrent, never 0, and 1 only for the root of a mount.</summary>
    public required ulong Inode { get; init; }

    /// <summary>The name in its folder, clean UTF-8; empty for the root.</summary>
    public required byte[] Name { get; init; }

    /// <summary>The folder it is in; the root is in itself.</summary>
    public FileNode Parent => _parent ?? this;

    /// <summary>The torrent's number for it. Meaningless for a folder.</summary>
    public FileIndex File { get; init; }

    /// <summary>Bytes of a file, bytes of a link's target, 0 for a folder.</summary>
    public long Length { get; init; }

    /// <summary>Whether the torrent marks the file as a program (BEP 47, attribute x).</summary>
    public bool IsExecutable { get; init; }

    /// <summary>Where a link leads, relative to its own folder; never out of the torrent. Empty for the others.</summary>
    public byte[] Target { get; init; } = [];

    /// <summary>What a folder holds, ordered by the bytes of the names.</summary>
    public IReadOnlyList<FileNode> Children => _children;

    /// <summary>How many of them are folders.</summary>
    public int FolderCount { get; private set; }

    private FileNode? _parent;
    private FileNode[] _children = [];

    /// <summary>Finds a child by name, in as many comparisons as the logarithm of their count.</summary>
    public FileNode? Find(ReadOnlySpan<byte> name)
    {
        var low = 0;
        var high = _children.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = name.SequenceCompareTo(_children[middle].Name);
            if (order == 0)
            {
                return _children[middle];
            }

            if (order < 0)
            {
                high = middle - 1;
            }
            else
            {
                low = middle + 1;
            }
        }

        return null;
    }

    /// <summary>The path from the root of the mount, for messages and tests.</summary>
    public override string ToString() => _parent is null ? "" : $"{_parent}/{Encoding.UTF8.GetString(Name)}";

    /// <summary>Gives a folder its content, once. Only for the builder.</summary>
    internal void Adopt(FileNode[] children)
    {
        Array.Sort(children, static (a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        _children = children;
        foreach (var child in children)
        {
            child._parent = this;
            FolderCount += child.Kind == NodeKind.Directory ? 1 : 0;
        }
    }
}
