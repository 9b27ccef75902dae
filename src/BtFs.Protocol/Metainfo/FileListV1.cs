using BtFs.Protocol.Bencode;

namespace BtFs.Protocol.Metainfo;

/// <summary>Reads the files of a v1 info dictionary: <c>files</c>, or the <c>length</c> of a lone one (BEP 3).</summary>
internal static class FileListV1
{
    /// <param name="info">The info dictionary.</param>
    /// <param name="name">The torrent's name.</param>
    /// <param name="isSingleFile">Whether the torrent's name is the name of its only file.</param>
    public static FileList Read(BencodeValue info, ReadOnlyMemory<byte> name, int pieceLength, out bool isSingleFile)
    {
        var list = new FileList(pieceLength);
        isSingleFile = !info.TryGet("files"u8, out var files);
        if (isSingleFile)
        {
            ReadOnlyMemory<byte>[] path = [name];
            FilePaths.CheckLength(above: 0, path);
            list.Add(ToFile(path, FileEntry.Read(info, new FileNumber(1))));
            return list;
        }

        if (files.Kind != BencodeKind.List)
        {
            throw new MetainfoException("The torrent's files are not a list.");
        }

        foreach (var file in files.AsList())
        {
            list.Add(ReadFile(file, new FileNumber(list.Files.Count + 1), above: name.Length + 1));
        }

        return list;
    }

    private static TorrentFile ReadFile(BencodeValue file, FileNumber what, int above)
    {
        if (file.Kind != BencodeKind.Dictionary)
        {
            throw new MetainfoException($"{what} is not a dictionary.");
        }

        var entry = FileEntry.Read(file, what);
        if (!file.TryGet("path.utf-8"u8, out var names) && !file.TryGet("path"u8, out names))
        {
            // Padding is shown to nobody, and some programs give it no name.
            return entry.Attributes.HasFlag(TorrentFileAttributes.Pad)
                ? TorrentFile.PadOf(entry.Length)
                : throw new MetainfoException($"{what} has no path.");
        }

        var path = FilePaths.Read(names, what);
        FilePaths.CheckLength(above, path);
        return ToFile(path, entry);
    }

    private static TorrentFile ToFile(ReadOnlyMemory<byte>[] path, FileEntry entry) => new()
    {
        Path = path,
        Length = entry.Length,
        Attributes = entry.Attributes | PadByName(path),
        SymlinkTarget = entry.SymlinkTarget,
    };

    /// <summary>BitComet pads with files of this name since before there was an attribute for it.</summary>
    private static TorrentFileAttributes PadByName(ReadOnlyMemory<byte>[] path) =>
        path[^1].Span.StartsWith("_____padding_file_"u8) ? TorrentFileAttributes.Pad : TorrentFileAttributes.None;
}
