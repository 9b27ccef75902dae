using BtFs.Engine.Layout;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.WebSeeds;

/// <summary>What of the torrent lies where on one web seed. Immutable.</summary>
/// <param name="root">The web seed's URL.</param>
/// <param name="info">The torrent.</param>
/// <param name="layout">Its arithmetic.</param>
internal sealed class WebSeedFiles(Uri root, InfoDictionary info, TorrentLayout layout)
{
    /// <summary>Where a file is; null where its path makes no URL.</summary>
    internal Uri? UrlOf(FileIndex file) => WebSeedUrl.Of(root, info, file.Value);

    internal long LengthOf(FileIndex file) => layout.LengthOf(file);

    /// <summary>Whether a file is only padding: zeros that no server has (BEP 47).</summary>
    internal bool IsPad(FileIndex file) => info.Files[file.Value].IsPad;

    /// <summary>The parts of files that a stretch of the torrent is made of, in order.</summary>
    internal IEnumerable<FilePart> PartsOf(long start, long end)
    {
        for (var i = layout.FirstFileAt(start).Value; i < layout.FileCount && layout.StartOf(new FileIndex(i)) < end; i++)
        {
            var file = new FileIndex(i);
            var fileStart = layout.StartOf(file);
            var from = Math.Max(start, fileStart);
            var length = Math.Min(end, fileStart + layout.LengthOf(file)) - from;
            if (length > 0)
            {
                yield return new FilePart(file, from - fileStart, length);
            }
        }
    }

    /// <summary>The pieces that hold a byte of a file, which is not empty.</summary>
    internal (PieceIndex First, PieceIndex Last) PiecesOf(FileIndex file) =>
        (layout.PieceAt(layout.StartOf(file)), layout.PieceAt(layout.StartOf(file) + layout.LengthOf(file) - 1));
}
