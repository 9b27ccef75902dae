using System.Diagnostics;
using System.Net;
using BtFs.Protocol.LocalDiscovery;
using BtFs.Protocol.Metainfo;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.LocalDiscovery;

/// <summary>Everything mutable about local discovery (BEP 14). One thread at a time: <see cref="LocalDiscoveryLoop"/>'s, or a test's.</summary>
internal sealed class LocalDiscoveryNode
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ILocalWire _wire;
    private readonly ushort _port;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _log;
    private readonly long _startedAt;
    private readonly string _cookie;
    private readonly Dictionary<InfoHash, Announced> _searches = [];
    private readonly Dictionary<(IPEndPoint Peer, InfoHash Torrent), TimeSpan> _heard = [];
    private TimeSpan _notBefore;
    private TimeSpan _windowEnds;
    private int _datagrams;

    /// <param name="wire">The networks around us.</param>
    /// <param name="port">The TCP port that listens for peers; 0 to hear only.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Chance that needs no secrecy.</param>
    /// <param name="log">Where to write.</param>
    internal LocalDiscoveryNode(ILocalWire wire, int port, TimeProvider time, Random random, ILogger log)
    {
        _wire = wire;
        _port = (ushort)port;
        _time = time;
        _random = random;
        _log = log;
        _startedAt = time.GetTimestamp();
        _cookie = $"btfs-{random.NextInt64():x}";
    }

    /// <summary>Whether any torrent wants peers.</summary>
    internal bool HasSearches => _searches.Count > 0;

    private TimeSpan Now => _time.GetElapsedTime(_startedAt);

    /// <summary>One event, start to finish, without waiting.</summary>
    internal void Handle(LocalDiscoveryEvent e)
    {
        var now = Now;
        switch (e)
        {
            case LocalDiscoveryEvent.DatagramReceived received: OnDatagram(received.Datagram.Span, received.From.Address, now); break;
            case LocalDiscoveryEvent.SearchJoined joined: _searches[joined.Search.Torrent] = new Announced(joined.Search, now); break;
            case LocalDiscoveryEvent.SearchLeft left: _searches.Remove(left.Torrent); break;
            case LocalDiscoveryEvent.NetworksChanged: OnNetworksChanged(now); break;
            case LocalDiscoveryEvent.Tick: break;
            default: throw new UnreachableException($"No handler for {e}.");
        }

        Announce(now);
    }

    private void OnDatagram(ReadOnlySpan<byte> datagram, IPAddress from, TimeSpan now)
    {
        if (now >= _windowEnds)
        {
            _windowEnds = now + Second;
            _datagrams = 0;
        }

        if (_datagrams == LocalDiscoveryLimits.DatagramsPerSecond || !_wire.IsNeighbour(from))
        {
            return;
        }

        _datagrams++;
        if (!LocalAnnounceReader.TryRead(datagram, out var announce) || announce.Cookie == _cookie)
        {
            return;
        }

        var peer = new IPEndPoint(from, announce.Port);
        var ours = announce.Torrents.Distinct().Select(torrent => _searches.GetValueOrDefault(torrent)).OfType<Announced>().ToList();
        foreach (var searched in ours)
        {
            if (IsNew(peer, searched.Search.Torrent, now))
            {
                // It calls us as soon as it hears of us, and may be the only one of both who can.
                searched.Due = Min(searched.Due, now + (LocalDiscoveryLimits.AnswerWithin * _random.NextDouble()));
            }

            searched.Search.Found([peer]);
        }

        if (ours.Count > 0)
        {
            LocalDiscoveryLog.Found(_log, peer, ours.Count);
        }
    }

    private bool IsNew(IPEndPoint peer, InfoHash torrent, TimeSpan now)
    {
        if (_heard.TryGetValue((peer, torrent), out var last))
        {
            _heard[(peer, torrent)] = now;
            return now - last > LocalDiscoveryLimits.AnnounceEvery * 2;
        }

        if (_heard.Count == LocalDiscoveryLimits.Neighbours)
        {
            _heard.Remove(_heard.MinBy(pair => pair.Value).Key);
        }

        _heard.Add((peer, torrent), now);
        return true;
    }

    private void OnNetworksChanged(TimeSpan now)
    {
        foreach (var searched in _searches.Values)
        {
            searched.Due = now;
        }
    }

    /// <summary>Announces what is due, and what would be before the next datagram may go.</summary>
    private void Announce(TimeSpan now)
    {
        if (_port == 0 || !_wire.HasNetworks || now < _notBefore || _searches.Values.All(searched => searched.Due > now))
        {
            return;
        }

        var due = _searches.Values
            .Where(searched => searched.Due <= now + LocalDiscoveryLimits.LeastGap)
            .OrderBy(searched => searched.Due)
            .Take(LocalAnnounce.MaxTorrents)
            .ToList();
        due.ForEach(searched => searched.Due = now + LocalDiscoveryLimits.AnnounceEvery);
        _notBefore = now + LocalDiscoveryLimits.LeastGap;
        _wire.Announce(new LocalAnnounce(_port, [.. due.Select(searched => searched.Search.Torrent)], _cookie));
        LocalDiscoveryLog.Announced(_log, due.Count);
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private sealed class Announced(LocalSearch search, TimeSpan due)
    {
        internal LocalSearch Search { get; } = search;

        internal TimeSpan Due { get; set; } = due;
    }
}
