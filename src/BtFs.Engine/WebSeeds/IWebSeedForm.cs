using System.Net.Http.Headers;
using BtFs.Engine.Discovery;
using BtFs.Engine.Layout;

namespace BtFs.Engine.WebSeeds;

/// <summary>How one web seed is asked for the torrent's bytes. Any thread.</summary>
internal interface IWebSeedForm
{
    /// <summary>Whether all parts of a file have one URL: then it is remembered where a redirect led.</summary>
    bool KeepsUrl { get; }

    /// <summary>What a stretch of the torrent has to be asked for as, in order.</summary>
    IEnumerable<FilePart> PartsOf(long start, long end);

    /// <summary>Whether a file is only padding: zeros that no server has (BEP 47).</summary>
    bool IsPad(FileIndex file);

    /// <summary>The pieces that hold a byte of a file, which is not empty.</summary>
    (PieceIndex First, PieceIndex Last) PiecesOf(FileIndex file);

    /// <summary>The request for a part; null where its file's path makes no URL.</summary>
    HttpHop? FirstHop(FilePart part);

    /// <summary>The range that the request names; null for none.</summary>
    RangeHeaderValue? RangeOf(FilePart part);

    /// <summary>Judges an answer by its headers; takes it over only if it does not throw.</summary>
    /// <exception cref="WebSeedException">It cannot be used.</exception>
    Task<RangeAnswer> JudgeAsync(HttpResponseMessage response, FilePart part, DateTimeOffset now, CancellationToken cancel);
}
