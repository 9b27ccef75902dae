using System.Collections.Concurrent;
using System.Net.Sockets;
using BtFs.Engine.Datagrams;
using BtFs.Engine.Dht;
using BtFs.Engine.Discovery;
using BtFs.Engine.Peers;
using BtFs.Engine.Peers.Transports.Utp;
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
    private readonly ConcurrentDictionary<InfoHash, Torrent> _torrents = new();
    private readonly EngineParts _parts;
    private readonly SharedStorage _storage;
    private readonly TorrentStores _stores;
    private readonly HttpFetch _http;
    private readonly PeerListener? _listener;
    private readonly UdpPort? _udp;
    private readonly UtpEndpoint? _utp;

    private TorrentEngine(EngineOptions options, TimeProvider time, Random random, ILoggerFactory logs)
    {
        var buffers = new SharedBufferPool();
        var self = PeerId.New(random);
        var handshaker = new PeerHandshaker(self, time) { RunsDht = options.Dht is not null };
        var lookup = new HostLookup(time);
        _http = new HttpFetch(time, lookup);
        _listener = PeerListener.TryStart(
            options.MinPort, options.MaxPort, handshaker, hash => _torrents.GetValueOrDefault(hash)?.Sessions, time, options.Transports.HasFlag(PeerTransports.Tcp));
        _udp = BindUdp(options, _listener?.Port ?? 0, time, logs);
        _utp = _udp is not null && options.Transports.HasFlag(PeerTransports.Utp) ? new UtpEndpoint(_udp, time) : null;
        if (_listener is not null)
        {
            _utp?.Listen(_listener.Answer);
        }

        _storage = new SharedStorage(new BlockCache(options.MemoryCacheBytes), buffers, time, logs.CreateLogger("BtFs.Storage"));
        _stores = new TorrentStores(options, _storage, _listener?.Port ?? 0);
        _parts = new EngineParts(
            options,
            _listener?.Port ?? 0,
            new PeerSessionOptions
            {
                Time = time,
                Download = new RateLimiter(options.MaxDownloadRate, time),
                Upload = new RateLimiter(options.MaxUploadRate, time),
            },
            self,
            new PeerDialer(handshaker, time, new TransportRace(_utp, options.Transports.HasFlag(PeerTransports.Tcp), time)),
            new TrackerClients(_http, lookup, time),
            new HashWorkers(),
            buffers,
            time,
            random,
            logs.CreateLogger("BtFs.Engine"),
            torrent => _torrents.TryRemove(torrent.Source.InfoHash, out _))
        {
            Dht = options.Dht is { } dht && _udp is not null ? DhtLoop.Start(dht, _udp, lookup, time, random, logs.CreateLogger("BtFs.Dht")) : null,
        };
    }

    /// <summary>The TCP port that listens for peers, or 0 when none of the range could be had.</summary>
    public int ListenPort => _parts.ListenPort;

    /// <summary>DHT nodes that answer; null while we are none ourselves, because no torrent wants it. For tests.</summary>
    internal int? DhtNodes => _parts.Dht is { IsAlive: true } dht ? dht.Nodes : null;

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
        await Task.WhenAll(_torrents.Values.Select(torrent => torrent.DisposeAsync().AsTask()));
        if (_parts.Dht is { } dht)
        {
            await dht.DisposeAsync();
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

    private static UdpPort? BindUdp(EngineOptions options, int port, TimeProvider time, ILoggerFactory logs)
    {
        try
        {
            return options.Dht is null && !options.Transports.HasFlag(PeerTransports.Utp) ? null : UdpPort.Bind(port, time);
        }
        catch (SocketException e)
        {
            DhtLog.NoSocket(logs.CreateLogger("BtFs.Engine"), e.Message);
            return null;
        }
    }

    private Torrent Add(TorrentSource source, OpenStore openStore)
    {
        if (_torrents.ContainsKey(source.InfoHash))
        {
            throw new InvalidOperationException($"Torrent {source.InfoHash} is in the engine already.");
        }

        return _torrents[source.InfoHash] = new Torrent(source, _parts, openStore);
    }
}
