using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Datagrams;
using BtFs.Engine.Dht;
using BtFs.Engine.Discovery;
using BtFs.Engine.Network;
using BtFs.Engine.Peers;
using BtFs.Engine.PortMapping;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;
using BtFs.Protocol.PortMapping;
using BtFs.Protocol.Trackers;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Engine;

/// <summary>Asks of the network what a mount will need of it, without joining a torrent. By the way that the options name, or not at all.</summary>
/// <param name="network">By which way; checked before with <see cref="TorrentEngine.CheckNetworkAsync"/>.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Chance that needs no secrecy.</param>
public sealed class NetworkProbe(NetworkOptions network, TimeProvider time, Random random)
{
    private const int HashBytes = 20;

    /// <summary>How long a tracker may take to tell what it might not tell at all.</summary>
    private static readonly TimeSpan ScrapePatience = TimeSpan.FromSeconds(2);

    /// <summary>How often the DHT is looked at while it is waited for.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    private readonly NetworkRoute _route = new(network, time);

    /// <summary>The first port of a range that peers could call us at.</summary>
    /// <param name="minPort">First to try.</param>
    /// <param name="maxPort">Last to try.</param>
    /// <returns>0 where none is free.</returns>
    public int FindPort(int minPort, int maxPort)
    {
        for (var port = minPort; port <= maxPort; port++)
        {
            try
            {
                using var socket = _route.OpenAt(port, SocketType.Stream, ProtocolType.Tcp);
                socket.Listen();
                return ((IPEndPoint)socket.LocalEndPoint!).Port;
            }
            catch (SocketException)
            {
                // In use, or not permitted: the next one may do.
            }
        }

        return 0;
    }

    /// <summary>Looks up a torrent that nobody has.</summary>
    /// <param name="options">Where to begin.</param>
    /// <param name="patience">How long to wait for the first node at most.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Nodes that answered.</returns>
    /// <exception cref="SocketException">There is no UDP to be had.</exception>
    public async Task<int> AskDhtAsync(DhtOptions options, TimeSpan patience, CancellationToken cancel)
    {
        var hash = new byte[HashBytes];
        random.NextBytes(hash);
        await using var udp = UdpPort.Bind(0, time, _route);
        await using var dht = DhtLoop.Start(options, udp, _route.Lookup(), time, random, NullLogger.Instance);
        dht.Join(new DhtSearch { Torrent = new InfoHash(hash), Found = static _ => { } }, []);
        using var deadline = new Deadline(patience, time, cancel);
        using var tick = new PeriodicTimer(Glance, time);
        try
        {
            while (dht.Nodes == 0 && await tick.WaitForNextTickAsync(deadline.Token))
            {
            }
        }
        catch (OperationCanceledException) when (deadline.HasPassed && !cancel.IsCancellationRequested)
        {
            // Nobody, so far.
        }

        return dht.Nodes;
    }

    /// <summary>Asks the gateway of the default route for a port, and gives it back.</summary>
    /// <param name="port">Ours, 1 to 65535.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Null where there is no gateway.</returns>
    public async Task<GatewayFinding?> AskGatewayAsync(int port, CancellationToken cancel)
    {
        if (GatewayLookup.Find(AddressFamily.InterNetwork) is not { } gateway)
        {
            return null;
        }

        using var http = new HttpFetch(time, _route.Lookup(), _route);
        var mapped = new MappedPort(TransportProtocol.Tcp, (ushort)port);
        IReadOnlyList<IGatewayClient> clients =
        [
            new PcpClient(gateway, NatPmp.GatewayPort, time),
            new NatPmpClient(gateway, NatPmp.GatewayPort, time),
            new UpnpClient(gateway, new UpnpSearch(gateway, new IPEndPoint(IPAddress.Parse(Ssdp.Group), Ssdp.Port), time), http, random),
        ];
        foreach (var client in clients)
        {
            try
            {
                var grant = await client.MapAsync(mapped, mapped.Number, cancel);
                await GiveBackAsync(client, mapped, grant, cancel);
                return new GatewayFinding(gateway.Address, client.Name, grant.External, grant.Address);
            }
            catch (GatewayException)
            {
                // The next protocol may do.
            }
        }

        return new GatewayFinding(gateway.Address, null, 0, null);
    }

    /// <summary>Asks each tracker of a torrent how many peers it knows. To one that tells that to peers only, the torrent is announced, and that is taken back.</summary>
    /// <param name="source">The torrent.</param>
    /// <param name="port">The port to name, 0 to 65535.</param>
    /// <param name="patience">How long each may take at most.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<IReadOnlyList<TrackerFinding>> AskTrackersAsync(TorrentSource source, int port, TimeSpan patience, CancellationToken cancel)
    {
        using var http = new HttpFetch(time, _route.Lookup(), _route);
        var trackers = new TrackerClients(http, _route.Lookup(), time, _route).Of(source.TrackerTiers).SelectMany(tier => tier);
        var request = new AnnounceRequest
        {
            InfoHash = source.InfoHash,
            PeerId = PeerId.New(random),
            Port = (ushort)port,
            Left = AnnounceTotals.GuessedLeft,
            Event = AnnounceEvent.Started,
            Key = (uint)random.Next(),
        };
        return await Task.WhenAll(trackers.Select(tracker => AskAsync(tracker, request, patience, cancel)));
    }

    private async Task<TrackerFinding> AskAsync(ITracker tracker, AnnounceRequest request, TimeSpan patience, CancellationToken cancel)
    {
        using var deadline = new Deadline(patience, time, cancel);
        try
        {
            if (await CountsAsync(tracker, request.InfoHash, deadline.Token) is { } counts)
            {
                return new TrackerFinding(tracker.Name, counts.Seeders, counts.Leechers, null);
            }

            var reply = await tracker.AnnounceAsync(request, deadline.Token);
            await TakeBackAsync(tracker, request with { Event = AnnounceEvent.Stopped, PeersWanted = 0, TrackerId = reply.TrackerId }, deadline.Token);
            return new TrackerFinding(tracker.Name, reply.Seeders ?? 0, reply.Leechers ?? reply.Peers.Count, null);
        }
        catch (TrackerException e)
        {
            return new TrackerFinding(tracker.Name, 0, 0, e.Message.TrimEnd('.'));
        }
        catch (OperationCanceledException) when (deadline.HasPassed && !cancel.IsCancellationRequested)
        {
            return new TrackerFinding(tracker.Name, 0, 0, $"no answer within {patience.TotalSeconds:0} s");
        }
    }

    /// <returns>Null where it does not tell, or knows nobody: then an announce says whether it takes the torrent at all.</returns>
    private async Task<ScrapeCounts?> CountsAsync(ITracker tracker, InfoHash torrent, CancellationToken cancel)
    {
        using var deadline = new Deadline(ScrapePatience, time, cancel);
        try
        {
            var counts = await tracker.ScrapeAsync(torrent, deadline.Token);
            return counts is { Seeders: 0, Leechers: 0 } ? null : counts;
        }
        catch (TrackerException)
        {
            return null;
        }
        catch (OperationCanceledException) when (deadline.HasPassed && !cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task TakeBackAsync(ITracker tracker, AnnounceRequest stopped, CancellationToken cancel)
    {
        try
        {
            await tracker.AnnounceAsync(stopped, cancel);
        }
        catch (TrackerException)
        {
            // It has answered once, and that was the question. It forgets us by itself.
        }
    }

    private static async Task GiveBackAsync(IGatewayClient client, MappedPort port, PortGrant grant, CancellationToken cancel)
    {
        try
        {
            await client.UnmapAsync(port, grant.External, cancel);
        }
        catch (GatewayException)
        {
            // It ends by itself.
        }
    }
}
