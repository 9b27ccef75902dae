using BtFs.Protocol.Bencode;

namespace BtFs.Protocol.Metainfo;

/// <summary>Reads lists of names, and holds paths to their limits.</summary>
internal static class FilePaths
{
    /// <summary>Reads a path or a symlink's target: a list of at least one string.</summary>
    public static ReadOnlyMemory<byte>[] Read(BencodeValue list, FileNumber what)
    {
        if (list.Kind != BencodeKind.List)
        {
            throw new MetainfoException($"{what} has a path that is not a list of names.");
        }

        var names = new List<ReadOnlyMemory<byte>>(4);
        foreach (var name in list.AsList())
        {
            if (name.Kind != BencodeKind.Bytes)
            {
                throw new MetainfoException($"{what} has a path with a name that is not a string.");
            }

            CheckDepth(names.Count + 1);
            names.Add(name.AsBytes());
        }

        return names.Count > 0 ? [.. names] : throw new MetainfoException($"{what} has an empty path.");
    }

    public static void CheckDepth(int names)
    {
        if (names > MetainfoLimits.MaxPathDepth)
        {
            throw new MetainfoException($"The torrent has directories nested deeper than {MetainfoLimits.MaxPathDepth}.");
        }
    }

    /// <param name="above">Bytes of the torrent's name and its slash.</param>
    public static void CheckLength(int above, ReadOnlyMemory<byte>[] path)
    {
        long bytes = above + path.Length - 1;
        foreach (var name in path)
        {
            bytes += name.Length;
        }

        CheckLength(bytes);
    }

    /// <param name="bytes">Length of a path with its slashes, the torrent's name included.</param>
    public static void CheckLength(long bytes)
    {
        if (bytes > MetainfoLimits.MaxPathBytes)
        {
            throw new MetainfoException($"The torrent has a path of {bytes} bytes; the limit is {MetainfoLimits.MaxPathBytes}.");
        }
    }
}
