namespace BtFs.Protocol.Metainfo;

/// <summary>Joins the two file lists of a hybrid torrent (BEP 52, "Upgrade path"), which must tell the same story.</summary>
/// <remarks>If they did not, the same file would have other bytes for a v1 peer than for a v2 peer.</remarks>
internal static class HybridFiles
{
    /// <returns>The v1 list, which says where the bytes are, with the v2 roots.</returns>
    /// <exception cref="MetainfoException">The lists differ, or a file does not start a piece.</exception>
    public static IReadOnlyList<TorrentFile> Join(IReadOnlyList<TorrentFile> v1, IEnumerable<TorrentFile> v2, int pieceLength)
    {
        var joined = new TorrentFile[v1.Count];
        var offset = 0L;
        using var tree = v2.GetEnumerator();
        for (var i = 0; i < joined.Length; i++)
        {
            var file = v1[i];
            joined[i] = file.IsPad ? file : Join(file, tree.MoveNext() ? tree.Current : throw Disagreement());
            if (!file.IsPad && file.Length > 0 && offset % pieceLength != 0)
            {
                throw new MetainfoException($"File {i + 1} of the torrent does not start a piece, as version 2 asks.");
            }

            offset += file.Length;
        }

        return tree.MoveNext() ? throw Disagreement() : joined;
    }

    private static TorrentFile Join(TorrentFile v1, TorrentFile v2)
    {
        if (v1.Length != v2.Length || v1.IsSymlink != v2.IsSymlink || v2.IsPad || !Same(v1.Path, v2.Path) || !Same(v1.SymlinkTarget, v2.SymlinkTarget))
        {
            throw Disagreement();
        }

        return new TorrentFile
        {
            Path = v1.Path,
            Length = v1.Length,
            Attributes = v1.Attributes | v2.Attributes,
            SymlinkTarget = v1.SymlinkTarget,
            PiecesRoot = v2.PiecesRoot,
        };
    }

    private static bool Same(IReadOnlyList<ReadOnlyMemory<byte>> left, IReadOnlyList<ReadOnlyMemory<byte>> right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (var i = 0; i < left.Count; i++)
        {
            if (!left[i].Span.SequenceEqual(right[i].Span))
            {
                return false;
            }
        }

        return true;
    }

    private static MetainfoException Disagreement() => new("The torrent's version 1 and version 2 file lists differ.");
}
