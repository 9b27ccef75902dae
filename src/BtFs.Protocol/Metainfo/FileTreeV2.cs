using BtFs.Protocol.Bencode;

namespace BtFs.Protocol.Metainfo;

/// <summary>Reads the <c>file tree</c> of a v2 info dictionary (BEP 52), without recursion.</summary>
internal static class FileTreeV2
{
    private const int RootSize = 32;

    /// <summary>The files in the order of the tree, without padding.</summary>
    /// <param name="tree">The value of <c>file tree</c>.</param>
    /// <param name="name">The torrent's name.</param>
    public static IEnumerable<TorrentFile> Read(BencodeValue tree, ReadOnlyMemory<byte> name)
    {
        if (tree.Kind != BencodeKind.Dictionary)
        {
            throw new MetainfoException("The torrent's file tree is not a dictionary.");
        }

        var count = 0;
        var open = new Stack<Directory>();
        open.Push(new Directory(null, tree));
        while (open.TryPeek(out var directory))
        {
            if (!directory.MoveNext())
            {
                open.Pop();
                continue;
            }

            var path = new TreePath(directory.Path, directory.Current.Key);
            FilePaths.CheckDepth(path.Count);
            FilePaths.CheckLength(name.Length + 1 + path.ByteCount);
            if (TryGetFile(directory.Current.Value, out var properties))
            {
                yield return ReadFile(path, properties, new FileNumber(++count));
            }
            else
            {
                open.Push(new Directory(path, directory.Current.Value));
            }
        }
    }

    /// <summary>A file is a dictionary whose only key is empty.</summary>
    private static bool TryGetFile(BencodeValue node, out BencodeValue properties)
    {
        properties = default;
        var entries = node.AsDictionary().GetEnumerator();
        if (!entries.MoveNext() || !entries.Current.Key.IsEmpty)
        {
            return false;
        }

        properties = entries.Current.Value;
        if (entries.MoveNext())
        {
            throw new MetainfoException("The torrent's file tree has a file that is also a directory.");
        }

        return properties.Kind == BencodeKind.Dictionary
            ? true
            : throw new MetainfoException("The torrent's file tree has a file without properties.");
    }

    private static TorrentFile ReadFile(TreePath path, BencodeValue properties, FileNumber what)
    {
        var entry = FileEntry.Read(properties, what);
        if (entry.Attributes.HasFlag(TorrentFileAttributes.Pad))
        {
            throw new MetainfoException($"{what} is padding, which has no place in a file tree.");
        }

        ReadOnlyMemory<byte> root = default;
        if (entry.Length > 0 && (!properties.TryGetBytes("pieces root"u8, out root) || root.Length != RootSize || !root.Span.ContainsAnyExcept((byte)0)))
        {
            throw new MetainfoException($"{what} has no valid pieces root.");
        }

        return new TorrentFile
        {
            Path = path,
            Length = entry.Length,
            Attributes = entry.Attributes,
            SymlinkTarget = entry.SymlinkTarget,
            PiecesRoot = root,
        };
    }

    /// <summary>Where the walk stands in one directory; checks that names are in order, for it is the order of the bytes.</summary>
    private sealed class Directory(TreePath? path, BencodeValue node)
    {
        private BencodeDictionary.Enumerator _entries = node.AsDictionary().GetEnumerator();
        private ReadOnlyMemory<byte> _last;

        /// <summary>The directory's own path; null for the root.</summary>
        public TreePath? Path { get; } = path;

        public BencodeEntry Current { get; private set; }

        public bool MoveNext()
        {
            if (!_entries.MoveNext())
            {
                return false;
            }

            Current = _entries.Current;
            if (Current.Key.IsEmpty)
            {
                throw new MetainfoException("The torrent's file tree has a name that is empty, or a file that is also a directory.");
            }

            if (Current.Key.Span.SequenceCompareTo(_last.Span) < 0)
            {
                throw new MetainfoException("The torrent's file tree is not in order.");
            }

            if (Current.Value.Kind != BencodeKind.Dictionary)
            {
                throw new MetainfoException("The torrent's file tree has an entry that is not a dictionary.");
            }

            _last = Current.Key;
            return true;
        }
    }
}
