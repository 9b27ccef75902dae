using BtFs.Protocol.Bencode;

namespace BtFs.Protocol.Metainfo;

/// <summary>A file's place in the torrent, from 1 up: how messages name it, for its own name may be hostile.</summary>
internal readonly record struct FileNumber(int Value)
{
    public override string ToString() => $"File {Value} of the torrent";
}

/// <summary>Reads what v1 and v2 say of a file in the same words: <c>length</c>, <c>attr</c> and <c>symlink path</c>.</summary>
internal readonly struct FileEntry
{
    public required long Length { get; init; }

    public required TorrentFileAttributes Attributes { get; init; }

    public required IReadOnlyList<ReadOnlyMemory<byte>> SymlinkTarget { get; init; }

    public static FileEntry Read(BencodeValue entry, FileNumber what)
    {
        var attributes = ReadAttributes(entry);
        var isSymlink = attributes.HasFlag(TorrentFileAttributes.Symlink);
        if (!entry.TryGetInteger("length"u8, out var length) && !isSymlink)
        {
            throw new MetainfoException($"{what} has no length.");
        }

        if (length < 0)
        {
            throw new MetainfoException($"{what} has a negative length.");
        }

        // A program that knows no symlinks would count these bytes, one that does would not: the two would disagree about every later byte.
        if (isSymlink && length > 0)
        {
            throw new MetainfoException($"{what} is a symbolic link with a length.");
        }

        return new FileEntry
        {
            Length = length,
            Attributes = attributes,
            SymlinkTarget = isSymlink ? ReadTarget(entry, what) : [],
        };
    }

    private static TorrentFileAttributes ReadAttributes(BencodeValue entry)
    {
        var attributes = TorrentFileAttributes.None;
        if (entry.TryGetBytes("attr"u8, out var letters))
        {
            foreach (var letter in letters.Span)
            {
                attributes |= letter switch
                {
                    (byte)'p' => TorrentFileAttributes.Pad,
                    (byte)'x' => TorrentFileAttributes.Executable,
                    (byte)'h' => TorrentFileAttributes.Hidden,
                    (byte)'l' => TorrentFileAttributes.Symlink,
                    _ => TorrentFileAttributes.None,
                };
            }
        }

        return attributes;
    }

    private static IReadOnlyList<ReadOnlyMemory<byte>> ReadTarget(BencodeValue entry, FileNumber what)
    {
        if (!entry.TryGet("symlink path"u8, out var target))
        {
            throw new MetainfoException($"{what} is a symbolic link without a target.");
        }

        var names = FilePaths.Read(target, what);
        FilePaths.CheckLength(above: 0, names);
        return names;
    }
}
