using System.Collections.Concurrent;
using System.Net.Sockets;
using BtFs.Engine.Datagrams;
using BtFs.Engine.Dht;
using BtFs.Engine.Discovery;
using BtFs.Engine.LocalDiscovery;
using BtFs.Engine.Network;
using BtFs.Engine.Peers;
using BtFs.Engine.Peers.Encryption;
using BtFs.Engine.Reports;
using BtFs.Engine.Peers.Transports.Utp;
using BtFs.Engine.PortMapping;
using BtFs.Engine.Seeding;
using BtFs.Engine.Storage;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Peer;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine;

/// <summary>The BitTorrent engine of one process: its listener, its limits, its caches and its torrents. Torrents are added by one thread at a time.</summary>
public sealed class TorrentEngine : IAsyncDisposable
{
    /// <summary>Torrents that announce themselves in a second, when many are added, and how many do so at once.</summary>
    private const int BeginningsPerSecond = 4;
    private const int BeginningsAtOnce = 8;

    private readonly ConcurrentDictionary<InfoHash, Torrent> _torrents = new();
    private readonly EngineParts _parts;
    private readonly SharedStorage _storage;
    private readonly TorrentStores _stores;
    private readonly HttpFetch _http;
    private readonly PeerListener? _listener;
    private readonly DisturbanceWatch _watch;
    private readonly OurPeerId _self;
    private readonly Random _random;
    private readonly PublicPorts _ports;
    private readonly ExternalAddresses _external;
    private readonly StreamEncryption _encryption;
    private readonly UdpPort? _udp;
    private readonly UtpEndpoint? _utp;
    private readonly UplinkWatch? _uplink;

    /// <summary>As it was when it was last looked at, by whom the watch calls.</summary>
    private NetworkView? _network;

    private TorrentEngine(EngineOptions options, TimeProvider time, Random random, ILoggerFactory logs)
    {
        var buffers = new SharedBufferPool();
        _self = new OurPeerId(PeerId.New(random));
        _random = random;
        var route = new NetworkRoute(options.Network, time);
        _encryption = new StreamEncryption(options.Encryption, time);
        var handshaker = new PeerHandshaker(_self, time) { RunsDht = options.Dht is not null && !route.IsProxied, Encryption = _encryption };
        var lookup = route.Lookup();
        _http = new HttpFetch(time, lookup, route);
        _listener = PeerListener.TryStart(
            options.MinPort,
            options.MaxPort,
            handshaker,
            hash => _torrents.GetValueOrDefault(hash)?.Sessions,
            time,
            route,
            options.Transports.HasFlag(PeerTransports.Tcp));
        _udp = BindUdp(options, _listener?.Port ?? 0, route, time, logs);
        _utp = _udp is not null && options.Transports.HasFlag(PeerTransports.Utp) ? new UtpEndpoint(_udp, time) : null;
        if (_listener is not null)
        {
            _utp?.Listen(_listener.Answer);
        }

        _storage = new SharedStorage(new BlockCache(options.MemoryCacheBytes), buffers, time, logs.CreateLogger("BtFs.Storage"));
        _stores = new TorrentStores(options, _storage, _listener?.Port ?? 0);
        _external = new ExternalAddresses();
        var port = _listener?.Port ?? 0;
        var dht = options.Dht is { } dhtOptions && _udp is not null
            ? DhtLoop.Start(dhtOptions, _udp, lookup, time, random, logs.CreateLogger("BtFs.Dht"), _external)
            : null;
        _ports = new PublicPorts(port, _udp?.Port ?? 0);
        var uplink = options.MaxUploadRate == 0 ? new RateLimiter(0, time) : null;
        _parts = new EngineParts(
            options,
            _ports,
            new PeerSessionOptions
            {
                Time = time,
                Download = new RateLimiter(options.MaxDownloadRate, time),
                Upload = new RateLimiter(options.MaxUploadRate, time),
                Uplink = uplink,
            },
            _self,
            new PeerDialer(handshaker, time, new TransportRace(_utp, options.Transports.HasFlag(PeerTransports.Tcp), time, route)),
            new TrackerClients(_http, lookup, time, route),
            new HashWorkers(),
            buffers,
            time,
            random,
            logs.CreateLogger("BtFs.Engine"),
            Forget)
        {
            Connections = new ConnectionShares(options.MaxConnections),
            Beginnings = new RateLimiter(BeginningsPerSecond, time, BeginningsAtOnce),
            Lookup = lookup,
            Route = route,
            Dht = dht,
            LocalNetwork = options.FindsLocally && route.IsAnyWay ? new LocalDiscoveryLoop(port, time, random, logs.CreateLogger("BtFs.Local")) : null,
            Mapper = options.MapsPorts && route.IsAnyWay ? PortMapper.Of(port, _udp?.Port ?? 0, OnMapped, _http, time, random, logs.CreateLogger("BtFs.Ports")) : null,
            External = _external,
        };
        _uplink = uplink is null ? null : new UplinkWatch(uplink, () => _torrents.Values.Select(torrent => torrent.Sessions), time);
        _network = NetworkView.Now();
        _watch = new DisturbanceWatch(time, () => BootClock.Now, HasNetworkChanged, OnDisturbed);
    }

    /// <summary>The TCP port that listens for peers, or 0 when none of the range could be had.</summary>
    public int ListenPort => _listener?.Port ?? 0;

    /// <summary>DHT nodes that answer; null while we are none ourselves, because no torrent wants it. For tests.</summary>
    internal int? DhtNodes => _parts.Dht is { IsAlive: true } dht ? dht.Nodes : null;

    /// <summary>Whether we are to be found on the local network at the moment. For tests.</summary>
    internal bool IsOnLocalNetwork => _parts.LocalNetwork is { IsAlive: true };

    /// <summary>What all torrents share, at this moment. Any thread may ask.</summary>
    public EngineReport Report() => new()
    {
        ListenPort = ListenPort,
        DhtNodes = DhtNodes,
        Connections = _torrents.Values.Sum(torrent => torrent.Status.PeersConnected),
        MemoryUsed = _storage.Memory.Bytes,
        MemoryLimit = _storage.Memory.Limit,
        DiskUsed = _stores.Budget?.Used,
        DiskLimit = _stores.Budget?.Share,
        Directory = _parts.Options.CacheDirectory,
    };

    /// <summary>Whether the network can be reached by the wanted way. To be asked first.</summary>
    /// <exception cref="NetworkException">There is no such proxy, interface or address.</exception>
    public static Task CheckNetworkAsync(NetworkOptions network, TimeProvider time, CancellationToken cancel) =>
        new NetworkRoute(network, time).CheckAsync(cancel);

    /// <summary>Starts listening; no torrent yet.</summary>
    /// <param name="options">Checked by the caller with <see cref="EngineOptions.Problems"/>.</param>
    /// <param name="time">The clock of everything in the engine.</param>
    /// <param name="random">The randomness of everything in the engine that needs no secrecy; safe from any thread.</param>
    /// <param name="logs">Where the engine writes its log.</param>
    public static TorrentEngine Start(EngineOptions options, TimeProvider time, Random random, ILoggerFactory logs) =>
        new(options, time, random, logs);

    /// <summary>Joins a torrent's swarm; what is read is kept in the cache folder, or lies in <see cref="TorrentSource.SeedPaths"/> already.</summary>
    /// <remarks>
    /// The folder is opened when the content is known; <see cref="Torrent.Content"/> tells when it cannot be. Of what is in the cache, the
    /// content is known at once. The first call removes what killed processes left there.
    /// </remarks>
    /// <exception cref="InvalidOperationException">That torrent is in the engine already.</exception>
    public Torrent Add(TorrentSource source)
    {
        if (source.SeedPaths is { } paths)
        {
            return Add(source, (info, layout, news) => _stores.OpenFilesAsync(paths, info, layout, news));
        }

        var known = source with { Info = source.Info ?? _stores.FindInfo(source.InfoHash) };
        return Add(known, (info, layout, news) => _stores.OpenAsync(known, info, layout, news));
    }

    /// <summary>Joins a torrent's swarm as a seed of files that lie on this machine. They are read in place and never changed.</summary>
    /// <param name="source">The torrent, its info dictionary known.</param>
    /// <param name="created">The same, with the place of each of its files.</param>
    /// <exception cref="InvalidOperationException">That torrent is in the engine already.</exception>
    public Torrent Seed(TorrentSource source, CreatedTorrent created) =>
        Add(source, (info, layout, news) => _stores.OpenFilesAsync(created.Paths, info, layout, news));

    /// <summary>Leaves every swarm, stops every task, and removes what must not be kept.</summary>
    public async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        _uplink?.Dispose();
        await Task.WhenAll(_torrents.Values.Select(torrent => torrent.DisposeAsync().AsTask()));
        if (_parts.Dht is { } dht)
        {
            await dht.DisposeAsync();
        }

        if (_parts.LocalNetwork is { } local)
        {
            await local.DisposeAsync();
        }

        if (_parts.Mapper is { } mapper)
        {
            await mapper.DisposeAsync();
        }

        await _parts.Dialer.DisposeAsync();
        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }

        _utp?.Dispose();
        if (_udp is not null)
        {
            await _udp.DisposeAsync();
        }

        _http.Dispose();
        await _parts.Hashing.DisposeAsync();
        await _stores.DisposeAsync();
        _storage.Memory.Dispose();
        _parts.Buffers.Dispose();
    }

    private static UdpPort? BindUdp(EngineOptions options, int port, NetworkRoute route, TimeProvider time, ILoggerFactory logs)
    {
        try
        {
            var isWanted = options.Dht is not null || options.Transports.HasFlag(PeerTransports.Utp);
            return isWanted && !route.IsProxied ? UdpPort.Bind(port, time, route) : null;
        }
        catch (SocketException e)
        {
            DhtLog.NoSocket(logs.CreateLogger("BtFs.Engine"), e.Message);
            return null;
        }
    }

    private bool HasNetworkChanged()
    {
        var before = _network;
        _network = NetworkView.Now();
        return before is null || _network is null || _network.ConcernsSince(before, _torrents.Values.SelectMany(torrent => torrent.Sessions.Standing()).ToHashSet());
    }

    private void OnDisturbed()
    {
        var ours = NetworkView.Now()?.Addresses;
        if (ours is not null && _torrents.Values.Count(torrent => torrent.Sessions.CloseStranded(ours.Keys.ToHashSet())) > 0)
        {
            _self.Renew(_random);
        }

        foreach (var torrent in _torrents.Values)
        {
            torrent.Disturbed();
        }
    }

    /// <summary>An IPv4 gateway has given a port, or has it back: on whatever thread.</summary>
    private void OnMapped(MappedPort port, PortGrant? grant)
    {
        _external.SetGateway(grant?.Address);
        if (_ports.SetMapped(port.Protocol, grant?.External ?? 0))
        {
            foreach (var torrent in _torrents.Values)
            {
                torrent.TellPorts();
            }
        }
    }

    private Torrent Add(TorrentSource source, OpenStore openStore)
    {
        if (_torrents.ContainsKey(source.InfoHash))
        {
            throw new InvalidOperationException($"Torrent {source.InfoHash} is in the engine already.");
        }

        _encryption.Torrents.Add(source.InfoHash);
        var torrent = _torrents[source.InfoHash] = new Torrent(source, _parts, openStore);
        torrent.Appear();
        return torrent;
    }

    private void Forget(Torrent torrent)
    {
        _torrents.TryRemove(torrent.Source.InfoHash, out _);
        _encryption.Torrents.Remove(torrent.Source.InfoHash);
    }
}
