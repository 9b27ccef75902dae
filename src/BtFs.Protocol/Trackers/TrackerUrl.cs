using System.Text;

namespace BtFs.Protocol.Trackers;

/// <summary>Puts a query behind a tracker's URL, which may have one already (a passkey, often).</summary>
internal static class TrackerUrl
{
    private static readonly string[] OurNames = ["info_hash=", "peer_id=", "port=", "event=", "uploaded=", "downloaded=", "left="];

    /// <summary>The URL as far as the place where our query goes.</summary>
    /// <exception cref="TrackerException">The URL brings values of its own for what we would tell: somebody wants a request forged.</exception>
    public static StringBuilder Begin(Uri tracker)
    {
        var query = tracker.Query.TrimStart('?');
        if (query.Split('&').Any(part => OurNames.Any(name => part.StartsWith(name, StringComparison.OrdinalIgnoreCase))))
        {
            throw new TrackerException("The tracker's URL has announce parameters in it already.");
        }

        // Without its fragment, which is never sent.
        return new StringBuilder(tracker.GetLeftPart(UriPartial.Path)).Append('?').Append(query).Append(query is "" ? "" : "&");
    }

    /// <summary>The URL, with its escapes exactly as they were written.</summary>
    public static Uri End(StringBuilder url) => new(url.ToString(), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
}
