using System.Net.Http.Headers;
using BtFs.Engine.Discovery;
using BtFs.Engine.Layout;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.WebSeeds;

/// <summary>A web server that has the torrent's files (BEP 19). Immutable.</summary>
/// <param name="root">The web seed's URL.</param>
/// <param name="info">The torrent.</param>
/// <param name="layout">Its arithmetic.</param>
internal sealed class WebSeedFiles(Uri root, InfoDictionary info, TorrentLayout layout) : IWebSeedForm
{
    /// <inheritdoc/>
    public bool KeepsUrl => true;

    /// <inheritdoc/>
    public HttpHop? FirstHop(FilePart part) =>
        WebSeedUrl.Of(root, info, part.File.Value) is { } url ? new HttpHop(url, cameFrom: null, isStrangers: false) { IsWebSeed = true } : null;

    /// <inheritdoc/>
    public RangeHeaderValue? RangeOf(FilePart part) => new(part.Offset, part.Offset + part.Length - 1);

    /// <inheritdoc/>
    public Task<RangeAnswer> JudgeAsync(HttpResponseMessage response, FilePart part, DateTimeOffset now, CancellationToken cancel) =>
        Task.FromResult(RangeAnswer.Of(response, part, layout.LengthOf(part.File), now));

    /// <inheritdoc/>
    public bool IsPad(FileIndex file) => info.Files[file.Value].IsPad;

    /// <inheritdoc/>
    public IEnumerable<FilePart> PartsOf(long start, long end)
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

    /// <inheritdoc/>
    public (PieceIndex First, PieceIndex Last) PiecesOf(FileIndex file) =>
        (layout.PieceAt(layout.StartOf(file)), layout.PieceAt(layout.StartOf(file) + layout.LengthOf(file) - 1));
}
