using System.Text;
using BtFs.Engine.Layout;
using BtFs.Fuse;

namespace BtFs.Mount;

/// <summary>A node while the tree is being built.</summary>
internal sealed class TreeDraft
{
    public required NodeKind Kind { get; init; }

    public required string Name { get; init; }

    /// <summary>The folder it is in; null for the root.</summary>
    public required TreeDraft? Parent { get; init; }

    public FileIndex File { get; init; }

    public long Length { get; init; }

    public bool IsExecutable { get; init; }

    /// <summary>What a link says of its target, as it stands in the torrent.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> TargetPath { get; init; } = [];

    /// <summary>What a folder holds, by name.</summary>
    public Dictionary<string, TreeDraft> Children { get; } = new(StringComparer.Ordinal);

    /// <summary>Links somewhere below a folder, shown or not.</summary>
    public int LinksBelow { get; set; }

    /// <summary>Bytes of the path from the root of the mount, without a leading slash.</summary>
    public int PathLength => _pathLength ??= Parent is null ? 0 : Parent.PathLength + (Parent.Parent is null ? 0 : 1) + Encoding.UTF8.GetByteCount(Name);

    /// <summary>Folders above, the root counted.</summary>
    public int Depth => _depth ??= Parent is null ? 0 : Parent.Depth + 1;

    private int? _pathLength;
    private int? _depth;

    /// <summary>The same file or link under another name.</summary>
    public TreeDraft Renamed(string name) => new()
    {
        Kind = Kind,
        Name = name,
        Parent = Parent,
        File = File,
        Length = Length,
        IsExecutable = IsExecutable,
        TargetPath = TargetPath,
    };

    /// <summary>The path from the root of the mount.</summary>
    public string Path => Parent is null ? "" : $"{Parent.Path}/{Name}";
}
