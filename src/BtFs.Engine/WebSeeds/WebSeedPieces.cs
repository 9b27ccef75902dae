using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using BtFs.Engine.Discovery;
using BtFs.Engine.Layout;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.WebSeeds;

/// <summary>A script that gives parts of pieces (BEP 17). The torrent is one file to it, which has no padding. Immutable.</summary>
/// <param name="root">The script's URL.</param>
/// <param name="infoHash">The torrent.</param>
/// <param name="layout">Its arithmetic.</param>
internal sealed class WebSeedPieces(Uri root, InfoHash infoHash, TorrentLayout layout) : IWebSeedForm
{
    /// <summary>Digits of a number of seconds; an hour is the longest that is heeded.</summary>
    private const int LongestNumber = 9;

    /// <inheritdoc/>
    public bool KeepsUrl => false;

    /// <inheritdoc/>
    public IEnumerable<FilePart> PartsOf(long start, long end)
    {
        while (start < end)
        {
            var length = layout.FirstSlice(start, end - start).Length;
            yield return new FilePart(new FileIndex(0), start, length);
            start += length;
        }
    }

    /// <inheritdoc/>
    public bool IsPad(FileIndex file) => false;

    /// <inheritdoc/>
    public (PieceIndex First, PieceIndex Last) PiecesOf(FileIndex file) => (new PieceIndex(0), new PieceIndex(layout.PieceCount - 1));

    /// <inheritdoc/>
    public HttpHop? FirstHop(FilePart part)
    {
        var slice = layout.FirstSlice(part.Offset, part.Length);
        var url = HttpSeedUrl.Of(root, infoHash, slice.Piece.Value, slice.Offset, slice.Length);
        return new HttpHop(url, cameFrom: null, isStrangers: false) { IsWebSeed = true, HasOwnQuery = root.Query.Length == 0 };
    }

    /// <inheritdoc/>
    public RangeHeaderValue? RangeOf(FilePart part) => null;

    /// <inheritdoc/>
    public async Task<RangeAnswer> JudgeAsync(HttpResponseMessage response, FilePart part, DateTimeOffset now, CancellationToken cancel)
    {
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable && await ReadSecondsAsync(response, cancel) is { } seconds)
        {
            throw new WebSeedException("the server asks for time", WebSeedScope.Server, TimeSpan.FromSeconds(seconds));
        }

        return RangeAnswer.OfPart(response, part, now);
    }

    /// <summary>How long to wait, where the body says so: a number and nothing else.</summary>
    private static async Task<int?> ReadSecondsAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var text = new byte[LongestNumber + 1];
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        var length = await body.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, cancel);
        return length <= LongestNumber && int.TryParse(text.AsSpan(0, length), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
    }
}
