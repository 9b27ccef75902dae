using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Trackers;

namespace BtFs.Engine.Discovery;

/// <summary>A tracker that is asked over HTTP or HTTPS (BEP 3).</summary>
internal sealed class HttpTrackerClient(Uri url, HttpFetch http) : ITracker
{
    /// <inheritdoc/>
    public string Name { get; } = TrackerName.Of(url);

    /// <inheritdoc/>
    public string Host => url.Host;

    /// <inheritdoc/>
    public async ValueTask<AnnounceReply> AnnounceAsync(AnnounceRequest request, CancellationToken cancel)
    {
        var answer = await GetAsync(HttpAnnounce.Url(url, request), cancel);
        if (answer.IsSuccess)
        {
            return HttpAnnounce.Read(answer.Body);
        }

        try
        {
            // Some send the reason of a refusal with a status that fits it.
            HttpAnnounce.Read(answer.Body);
        }
        catch (TrackerException fault) when (fault is not TrackerRefusedException)
        {
            // A page for people, usually.
        }

        throw new TrackerException($"The server answered {answer.Phrase}.");
    }

    /// <inheritdoc/>
    public async ValueTask<ScrapeCounts> ScrapeAsync(InfoHash torrent, CancellationToken cancel)
    {
        if (!HttpScrape.TryUrl(url, [torrent], out var scrape))
        {
            throw new TrackerException("The tracker has no address for such questions.");
        }

        var answer = await GetAsync(scrape, cancel);
        return !answer.IsSuccess ? throw new TrackerException($"The server answered {answer.Phrase}.")
            : HttpScrape.Read(answer.Body).TryGetValue(torrent, out var counts) ? counts
            : throw new TrackerException("The tracker does not know the torrent.");
    }

    private async Task<HttpAnswer> GetAsync(Uri question, CancellationToken cancel)
    {
        try
        {
            return await http.GetAsync(question, TrackerLimits.Http, cancel);
        }
        catch (HttpFetchException fault)
        {
            throw new TrackerException($"The tracker cannot be asked: {fault.Message}.", fault);
        }
    }
}
