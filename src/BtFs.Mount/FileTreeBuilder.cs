using System.Text;
using BtFs.Engine.Layout;
using BtFs.Fuse;
using BtFs.Protocol.Metainfo;

namespace BtFs.Mount;

/// <summary>Builds a <see cref="FileTree"/>: folders first, then files, then what wants a name already taken, then links.</summary>
/// <remarks>
/// The order decides who keeps a name, and so is part of what users see: a folder before a file, a file before its namesakes later in the torrent,
/// and every name that stands in the torrent before one that we made up.
/// </remarks>
internal sealed class FileTreeBuilder
{
    private readonly TreeDraft _root = new() { Kind = NodeKind.Directory, Name = "", Parent = null };
    private readonly TreeDraft _content;
    private readonly List<TreeDraft> _entries = [];
    private readonly List<FileNode> _nodes = [];
    private readonly InodeNumbers _inodes;
    private readonly List<TreeDraft> _placed = [];
    private readonly Dictionary<TreeDraft, ulong> _fileInodes = [];
    private readonly int _longestPath;
    private readonly bool _isFolder;
    private int _duplicates;
    private int _linksLeftOut;

    private FileTreeBuilder(InfoDictionary info, int longestPath, bool isFolder)
    {
        _inodes = new InodeNumbers(info.InfoHash);
        _longestPath = longestPath;
        _isFolder = isFolder;
        _content = info.IsSingleFile || isFolder ? _root : FolderIn(_root, FileNames.CleanAtTop(info.Name.Span));
    }

    /// <inheritdoc cref="FileTree.Of"/>
    public static FileTree Build(InfoDictionary info, int longestPath, IReadOnlyList<FileRange> selected) =>
        Build(info, new FileTreeBuilder(info, longestPath, isFolder: false), selected);

    /// <inheritdoc cref="FileTree.OfFolder"/>
    public static FileTree BuildFolder(InfoDictionary info, int longestPath, IReadOnlyList<FileRange> selected) =>
        Build(info, new FileTreeBuilder(info, longestPath, isFolder: true), selected);

    private static FileTree Build(InfoDictionary info, FileTreeBuilder builder, IReadOnlyList<FileRange> selected)
    {
        for (var i = 0; i < info.Files.Count; i++)
        {
            builder.Draft(info.Files[i], new FileIndex(i));
        }

        builder.PlaceFiles();
        builder.PlaceLinks();
        if (selected.Count > 0)
        {
            builder.LeaveOutAllBut(Chosen(info.Files.Count, selected));
        }

        return builder.Freeze();
    }

    private void Draft(TorrentFile file, FileIndex index)
    {
        if (file.IsPad)
        {
            return;
        }

        var folder = _content;
        for (var i = 0; i < file.Path.Count - 1; i++)
        {
            folder = FolderIn(folder, FileNames.Clean(file.Path[i].Span));
        }

        _entries.Add(new TreeDraft
        {
            Kind = file.IsSymlink ? NodeKind.SymbolicLink : NodeKind.File,
            Name = folder == _root ? FileNames.CleanAtTop(NameOf(file)) : FileNames.Clean(NameOf(file)),
            Parent = folder,
            File = index,
            Length = file.Length,
            IsExecutable = file.Attributes.HasFlag(TorrentFileAttributes.Executable),
            TargetPath = file.SymlinkTarget,
        });
    }

    private static ReadOnlySpan<byte> NameOf(TorrentFile file) => file.Path.Count == 0 ? [] : file.Path[^1].Span;

    private TreeDraft FolderIn(TreeDraft parent, string name)
    {
        if (!parent.Children.TryGetValue(name, out var folder))
        {
            folder = new TreeDraft { Kind = NodeKind.Directory, Name = name, Parent = parent };
            RefuseIfTooLong(folder);
            parent.Children.Add(name, folder);
        }

        return folder;
    }

    private void PlaceFiles()
    {
        var late = new List<TreeDraft>();
        foreach (var entry in _entries.Where(entry => entry.Kind == NodeKind.File))
        {
            if (!TryPlace(entry))
            {
                late.Add(entry);
            }
        }

        PlaceLate(late);
    }

    private void PlaceLinks()
    {
        var late = new List<TreeDraft>();
        foreach (var link in _entries.Where(entry => entry.Kind == NodeKind.SymbolicLink))
        {
            if (!TryPlace(link))
            {
                late.Add(link);
            }

            for (var folder = link.Parent; folder is not null; folder = folder.Parent)
            {
                folder.LinksBelow++;
            }
        }

        PlaceLate(late);
    }

    private bool TryPlace(TreeDraft entry)
    {
        RefuseIfTooLong(entry);
        if (!entry.Parent!.Children.TryAdd(entry.Name, entry))
        {
            return false;
        }

        _placed.Add(entry);
        return true;
    }

    /// <summary>Gives numbers to those whose name was taken.</summary>
    private void PlaceLate(List<TreeDraft> late)
    {
        _duplicates += late.Count;
        if (_duplicates > FileTree.MaxDuplicates)
        {
            throw new InvalidDataException($"more than {FileTree.MaxDuplicates} of its files have the name of another one");
        }

        foreach (var entry in late)
        {
            var number = 2;
            TreeDraft numbered;
            do
            {
                numbered = entry.Renamed(FileNames.Numbered(entry.Name, number++));
            }
            while (!TryPlace(numbered));
        }
    }

    /// <summary>Whether each file is in some range. One look at each range and file, however the ranges overlap.</summary>
    private static bool[] Chosen(int files, IReadOnlyList<FileRange> ranges)
    {
        var depth = new int[files + 1];
        foreach (var range in ranges.Where(range => range.First < files))
        {
            depth[range.First]++;
            depth[Math.Min(range.Last, files - 1) + 1]--;
        }

        var chosen = new bool[files];
        var ranging = 0;
        for (var i = 0; i < files; i++)
        {
            ranging += depth[i];
            chosen[i] = ranging > 0;
        }

        return chosen;
    }

    /// <summary>Takes away what was not chosen, after all have their names: they are the same whatever is chosen. A link to what is not there is not shown either.</summary>
    private void LeaveOutAllBut(bool[] chosen)
    {
        foreach (var entry in _placed.Where(entry => !chosen[entry.File.Value]))
        {
            entry.Parent!.Children.Remove(entry.Name);
            for (var folder = entry.Parent; folder.Parent is { } above && folder.Children.Count == 0; folder = above)
            {
                above.Children.Remove(folder.Name);
            }
        }

        if (_root.Children.Count == 0)
        {
            throw new InvalidDataException("it has none of the files that the link selects (so=…)");
        }
    }

    private void RefuseIfTooLong(TreeDraft entry)
    {
        if (entry.PathLength > _longestPath)
        {
            throw new InvalidDataException($"one of its paths is longer than {_longestPath} bytes");
        }
    }

    private FileTree Freeze()
    {
        var links = new LinkTargets(_content);
        foreach (var entry in _placed)
        {
            _fileInodes.Add(entry, _inodes.Of(entry.File));
        }

        FreezeFolder(_root, links);
        return new FileTree(_nodes, _linksLeftOut);
    }

    private FileNode FreezeFolder(TreeDraft folder, LinkTargets links)
    {
        var number = _nodes.Count;
        var node = new FileNode
        {
            Kind = NodeKind.Directory,
            Number = number,
            Inode = folder.Parent is null && !_isFolder ? InodeNumbers.Root : _inodes.Of(folder.Path),
            Name = Encoding.UTF8.GetBytes(folder.Name),
        };
        _nodes.Add(node);

        var children = new List<FileNode>(folder.Children.Count);
        foreach (var child in folder.Children.Values.OrderBy(child => child.Name, StringComparer.Ordinal))
        {
            if (child.Kind == NodeKind.Directory)
            {
                AddUnlessEmpty(FreezeFolder(child, links), children);
            }
            else if (Freeze(child, links) is { } leaf)
            {
                _nodes.Add(leaf);
                children.Add(leaf);
            }
        }

        node.Adopt([.. children]);
        return node;
    }

    private void AddUnlessEmpty(FileNode folder, List<FileNode> children)
    {
        if (folder.Children.Count > 0)
        {
            children.Add(folder);
        }
        else
        {
            // It held nothing but links that are left out, so it is the newest node.
            _nodes.RemoveAt(folder.Number);
        }
    }

    private FileNode? Freeze(TreeDraft entry, LinkTargets links)
    {
        byte[] target = [];
        if (entry.Kind == NodeKind.SymbolicLink)
        {
            if (links.TextOf(entry) is not { } text)
            {
                _linksLeftOut++;
                return null;
            }

            target = Encoding.UTF8.GetBytes(text);
        }

        return new FileNode
        {
            Kind = entry.Kind,
            Number = _nodes.Count,
            Inode = _fileInodes[entry],
            Name = Encoding.UTF8.GetBytes(entry.Name),
            File = entry.File,
            Length = entry.Kind == NodeKind.SymbolicLink ? target.Length : entry.Length,
            IsExecutable = entry.IsExecutable,
            Target = target,
        };
    }
}
