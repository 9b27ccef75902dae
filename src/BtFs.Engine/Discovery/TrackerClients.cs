using BtFs.Engine.Network;

namespace BtFs.Engine.Discovery;

/// <summary>Makes a torrent's trackers from their URLs.</summary>
/// <param name="http">Asks those of the web.</param>
/// <param name="lookup">Finds the hosts of those of UDP.</param>
/// <param name="time">The clock.</param>
/// <param name="route">By which way they are asked; null for any.</param>
internal sealed class TrackerClients(HttpFetch http, HostLookup lookup, TimeProvider time, NetworkRoute? route = null)
{
    private readonly NetworkRoute _route = route ?? new NetworkRoute(new NetworkOptions(), time);

    /// <summary>The trackers that can be used: http, https, and udp where no proxy is in between, each URL once, 64 in 8 tiers at most.</summary>
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

    private bool IsUsable(Uri url) =>
        url.IsAbsoluteUri && url.Host.Length > 0 && (url.Scheme is "http" or "https" || (url.Scheme == "udp" && url.Port > 0 && !_route.IsProxied));

    private ITracker Make(Uri url) =>
        url.Scheme == "udp" ? new UdpTrackerClient(url, lookup, time, _route) : new HttpTrackerClient(url, http);
}
