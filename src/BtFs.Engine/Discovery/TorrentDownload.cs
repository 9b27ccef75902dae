using BtFs.Engine.Network;

namespace BtFs.Engine.Discovery;

/// <summary>Fetches a .torrent that the user named by URL.</summary>
public static class TorrentDownload
{
    /// <summary>Bytes of the largest .torrent fetched: 10 MiB.</summary>
    public const int MaxBytes = 10 * 1024 * 1024;

    private static readonly HttpFetchLimits Limits = new()
    {
        MaxBytes = MaxBytes,
        MaxRedirects = 5,
        Total = TimeSpan.FromSeconds(120),
    };

    /// <summary>Gets the bytes of a .torrent, unchecked. Takes 120 s at most.</summary>
    /// <param name="url">Absolute, http or https. A redirect from https to http is not followed, nor one from the Internet into the local network.</param>
    /// <param name="network">By which way.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="TorrentDownloadException">There is no such URL, the server does not give it, or it is too long.</exception>
    public static async Task<ReadOnlyMemory<byte>> GetAsync(Uri url, NetworkOptions network, TimeProvider time, CancellationToken cancel)
    {
        if (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https"))
        {
            throw new TorrentDownloadException($"{url}: not a web address");
        }

        var route = new NetworkRoute(network, time);
        using var http = new HttpFetch(time, route.Lookup(), route);
        try
        {
            var answer = await http.GetAsync(url, Limits, cancel);
            return answer.IsSuccess ? answer.Body : throw Failed(url, $"the server answered {answer.Phrase}");
        }
        catch (HttpFetchException fault)
        {
            throw Failed(url, fault.Message, fault);
        }
    }

    // A query may hold a passkey, and error messages end up in bug reports.
    private static TorrentDownloadException Failed(Uri url, string why, Exception? fault = null) =>
        new($"{url.Scheme}://{url.Authority}{url.AbsolutePath}: {why}", fault);
}
