using System.Net;

namespace BtFs.Engine.WebSeeds;

/// <summary>A server's answer to a request for a part of a file, when it is one that can be used.</summary>
internal sealed class RangeAnswer : IDisposable
{
    private readonly HttpResponseMessage _response;

    private RangeAnswer(HttpResponseMessage response, long skip)
    {
        _response = response;
        Skip = skip;
    }

    /// <summary>Bytes that come before the part that was asked for.</summary>
    internal long Skip { get; }

    /// <summary>Judges an answer by its headers; takes it over only if it does not throw.</summary>
    /// <param name="response">The answer, its body still to be read.</param>
    /// <param name="asked">What was asked for.</param>
    /// <param name="fileLength">How long the file is by the torrent.</param>
    /// <param name="now">The time by the calendar, for <c>Retry-After</c>.</param>
    /// <exception cref="WebSeedException">It cannot be used.</exception>
    internal static RangeAnswer Of(HttpResponseMessage response, FilePart asked, long fileLength, DateTimeOffset now)
    {
        var content = response.Content.Headers;
        switch (response.StatusCode)
        {
            case HttpStatusCode.PartialContent:
                CheckEncoding(response);
                CheckRange(response, asked, fileLength);
                return new RangeAnswer(response, 0);
            case HttpStatusCode.OK:
                CheckEncoding(response);
                if (content.ContentLength is { } length && length != fileLength)
                {
                    throw OtherFile(length, fileLength);
                }

                return asked.Offset == 0 || fileLength <= WebSeedLimits.SmallFileBytes
                    ? new RangeAnswer(response, asked.Offset)
                    : throw new WebSeedException("the server gives whole files only, and they are longer than 1 MiB", WebSeedScope.FileForGood);
            default:
                throw Refusal(response, now);
        }
    }

    /// <summary>Judges the answer of a script that was asked for exactly a part, and gives nothing else (BEP 17).</summary>
    /// <exception cref="WebSeedException">It cannot be used.</exception>
    internal static RangeAnswer OfPart(HttpResponseMessage response, FilePart asked, DateTimeOffset now)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw Refusal(response, now);
        }

        CheckEncoding(response);
        return response.Content.Headers.ContentLength is { } length && length != asked.Length
            ? throw new WebSeedException($"the server gives {length} bytes instead of {asked.Length}", WebSeedScope.File)
            : new RangeAnswer(response, 0);
    }

    /// <summary>The bytes, from <see cref="Skip"/> before the part on; there may be too few, and there may be more.</summary>
    internal Task<Stream> ReadAsync(CancellationToken cancel) => _response.Content.ReadAsStreamAsync(cancel);

    /// <summary>Lets go of the connection: it is used again if little is left of the answer, and else closed.</summary>
    public void Dispose() => _response.Dispose();

    private static void CheckEncoding(HttpResponseMessage response)
    {
        if (response.Content.Headers.ContentEncoding.Any(encoding => encoding != "identity"))
        {
            throw new WebSeedException("the answer has an encoding that was not asked for", WebSeedScope.File);
        }
    }

    private static void CheckRange(HttpResponseMessage response, FilePart asked, long fileLength)
    {
        if (response.Content.Headers.ContentRange is not { Unit: "bytes", HasRange: true } range)
        {
            throw new WebSeedException("the answer does not say which part of the file it is", WebSeedScope.File);
        }

        if (range.Length is { } length && length != fileLength)
        {
            throw OtherFile(length, fileLength);
        }

        // It may end sooner (RFC 9110, 15.3.7), and what is longer is not read.
        if (range.From != asked.Offset)
        {
            throw new WebSeedException("the answer is another part of the file than was asked for", WebSeedScope.File);
        }
    }

    private static WebSeedException OtherFile(long length, long expected) =>
        new($"the file there has {length} bytes instead of {expected}", WebSeedScope.File);

    private static WebSeedException Refusal(HttpResponseMessage response, DateTimeOffset now)
    {
        var status = (int)response.StatusCode;
        var retryAfter = response.Headers.RetryAfter is { } header ? header.Delta ?? (header.Date - now) : null;
        var scope = status is >= 500 or (int)HttpStatusCode.TooManyRequests or (int)HttpStatusCode.RequestTimeout ? WebSeedScope.Server : WebSeedScope.File;
        return new WebSeedException($"the server answered {status}", scope, retryAfter);
    }
}
