namespace BtFs.Engine.Discovery;

/// <summary>Makes a torrent's trackers from their URLs.</summary>
internal sealed class TrackerClients(HttpFetch http, HostLookup lookup, TimeProvider time)
{
    /// <summary>The trackers that can be used: http, https and udp, each URL once, 64 in 8 tiers at most.</summary>
    public IReadOnlyList<IReadOnlyList<ITracker>> Of(IReadOnlyList<IReadOnlyList<Uri>> tiers)
    {
        var seen = new HashSet<Uri>();
        var usable = new List<IReadOnlyList<ITracker>>();
        foreach (var tier in tiers)
        {
            var trackers = tier.Where(url => IsUsable(url) && seen.Count < TrackerLimits.MaxTrackers && seen.Add(url)).Select(Make).ToList();
            if (trackers.Count > 0 && usable.Count < TrackerLimits.MaxTiers)
            {
                usable.Add(trackers);
            }
        }

        return usable;
    }

    private static bool IsUsable(Uri url) =>
        url.IsAbsoluteUri && url.Host.Length > 0 && (url.Scheme is "http" or "https" || (url.Scheme == "udp" && url.Port > 0));

    private ITracker Make(Uri url) =>
        url.Scheme == "udp" ? new UdpTrackerClient(url, lookup, time) : new HttpTrackerClient(url, http);
}
