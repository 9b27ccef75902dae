using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Network;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Trackers;

namespace BtFs.Engine.Discovery;

/// <summary>A tracker that is asked over UDP (BEP 15). Where it has IPv4 and IPv6 addresses, the family that answers first is kept.</summary>
internal sealed class UdpTrackerClient(Uri url, HostLookup lookup, TimeProvider time, NetworkRoute? route = null) : ITracker
{
    private readonly NetworkRoute _route = route ?? new NetworkRoute(new NetworkOptions(), time);
    private UdpTrackerExchange? _answering;

    /// <inheritdoc/>
    public string Name { get; } = TrackerName.Of(url);

    /// <inheritdoc/>
    public string Host => url.Host;

    /// <inheritdoc/>
    public async ValueTask<AnnounceReply> AnnounceAsync(AnnounceRequest request, CancellationToken cancel) =>
        await AskAsync((exchange, decided) => exchange.AnnounceAsync(request, url.PathAndQuery, decided), cancel);

    /// <inheritdoc/>
    public async ValueTask<ScrapeCounts> ScrapeAsync(InfoHash torrent, CancellationToken cancel) =>
        (await AskAsync(async (exchange, decided) => new Answer(await exchange.ScrapeAsync(torrent, decided)), cancel)).Counts;

    /// <summary>Asks whoever has answered before, else one address of each family at once.</summary>
    private async Task<T> AskAsync<T>(Func<UdpTrackerExchange, CancellationToken, Task<T>> ask, CancellationToken cancel)
        where T : class
    {
        var exchanges = _answering is null ? await FindAsync(cancel) : [_answering];
        _answering = null;
        using var decided = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var running = exchanges.Select(exchange => AskAsync(exchange, ask, decided.Token)).ToList();
        var faults = new List<TrackerException>();
        T? first = null;
        while (running.Count > 0)
        {
            var ended = await Task.WhenAny(running);
            running.Remove(ended);
            var (exchange, reply, fault) = await ended;
            if (first is null && reply is not null)
            {
                first = reply;
                _answering = exchange;
                await decided.CancelAsync();
            }
            else if (fault is not null)
            {
                faults.Add(fault);
            }
        }

        cancel.ThrowIfCancellationRequested();
        return first ?? throw faults[0];
    }

    /// <summary>One address of each family.</summary>
    private async Task<UdpTrackerExchange[]> FindAsync(CancellationToken cancel)
    {
        if (HostSpelling.MayLookLikeAnother(url))
        {
            throw new TrackerException("The host's name has letters that may look like others.");
        }

        try
        {
            var addresses = await lookup.FindAsync(url.DnsSafeHost, cancel);
            var permitted = addresses.Where(address => !_route.IsBlocked(address)).DistinctBy(address => address.AddressFamily).ToList();
            return permitted.Count > 0
                ? [.. permitted.Select(address => new UdpTrackerExchange(new(address, url.Port), time, _route))]
                : throw new TrackerException("The host is in the --ip-filter.");
        }
        catch (SocketException fault)
        {
            throw new TrackerException($"The host has no address: {fault.Message}.", fault);
        }
    }

    private static async Task<(UdpTrackerExchange Exchange, T? Reply, TrackerException? Fault)> AskAsync<T>(
        UdpTrackerExchange exchange, Func<UdpTrackerExchange, CancellationToken, Task<T>> ask, CancellationToken cancel)
        where T : class
    {
        try
        {
            return (exchange, await ask(exchange, cancel), null);
        }
        catch (TrackerException fault)
        {
            return (exchange, null, fault);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The other family was faster, or the caller gave up and is told so when all have ended.
            return (exchange, null, null);
        }
    }

    private sealed record Answer(ScrapeCounts Counts);
}
