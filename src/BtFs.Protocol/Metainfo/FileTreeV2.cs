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

        var above = name.Length + 1;
        var open = new Stack<Directory>();
        var names = new List<ReadOnlyMemory<byte>>();
        open.Push(new Directory(tree));
        while (open.TryPeek(out var directory))
        {
            if (!directory.MoveNext())
            {
                open.Pop();
                if (names.Count > 0)
                {
                    names.RemoveAt(names.Count - 1);
                }

                continue;
            }

            var (key, node) = directory.Current;
            if (key.IsEmpty)
            {
                throw new MetainfoException("The torrent's file tree has a name that is empty, or a file that is also a directory.");
            }

            if (node.Kind != BencodeKind.Dictionary)
            {
                throw new MetainfoException("The torrent's file tree has an entry that is not a dictionary.");
            }

            names.Add(key);
            FilePaths.CheckDepth(names.Count);
            if (TryGetFile(node, out var properties))
            {
                ReadOnlyMemory<byte>[] path = [.. names];
                FilePaths.CheckLength(above, path);
                yield return ReadFile(path, properties);
                names.RemoveAt(names.Count - 1);
            }
            else
            {
                open.Push(new Directory(node));
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

    private static TorrentFile ReadFile(ReadOnlyMemory<byte>[] path, BencodeValue properties)
    {
        const string What = "A file in the torrent's file tree";
        var entry = FileEntry.Read(properties, What);
        if (entry.Attributes.HasFlag(TorrentFileAttributes.Pad))
        {
            throw new MetainfoException($"{What} is padding, which has no place there.");
        }

        ReadOnlyMemory<byte> root = default;
        if (entry.Length > 0 && (!properties.TryGetBytes("pieces root"u8, out root) || root.Length != RootSize || !root.Span.ContainsAnyExcept((byte)0)))
        {
            throw new MetainfoException($"{What} has no valid pieces root.");
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
    private sealed class Directory(BencodeValue node)
    {
        private BencodeDictionary.Enumerator _entries = node.AsDictionary().GetEnumerator();
        private ReadOnlyMemory<byte> _last;

        public BencodeEntry Current { get; private set; }

        public bool MoveNext()
        {
            if (!_entries.MoveNext())
            {
                return false;
            }

            Current = _entries.Current;
            if (Current.Key.Span.SequenceCompareTo(_last.Span) < 0)
            {
                throw new MetainfoException("The torrent's file tree is not in order.");
            }

            _last = Current.Key;
            return true;
        }
    }
}
