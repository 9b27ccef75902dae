using System.Net;
using BtFs.Engine.Discovery;
using BtFs.Engine.Peers;
using BtFs.Engine.WebSeeds;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Torrents;

/// <summary>The peers of one torrent: who is connected, who may be dialed, who is banned. Owned by the loop.</summary>
internal sealed class Swarm
{
    /// <summary>How long a peer has to show that its connection still stands, and for how long that is looked at.</summary>
    private static readonly TimeSpan DoubtFor = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan DoubtEnds = TimeSpan.FromSeconds(15);

    private readonly LoopContext _context;
    private readonly Dictionary<IPeerWire, Peer> _byWire = [];
    private readonly Dictionary<IPeerWire, PeerHello> _refused = [];
    private readonly List<Peer> _peers = [];

    // Without web seeds, which take no place and are not called.
    private readonly List<Peer> _proper = [];

    // Where a peer can be called: the address that was dialed, or what a caller tells (BEP 10, "p").
    private readonly Dictionary<Peer, IPEndPoint> _reachedAt = [];
    // The same of callers whom we were calling there ourselves when they told: that call has its own end.
    private readonly Dictionary<Peer, IPEndPoint> _calledAt = [];
    private readonly PeerBook _book;
    private readonly PeerTurn _turn = new();
    private readonly Dialing _dialing;
    private readonly Thinning _thinning;
    private IPEndPoint? _neighbour;
    private TimeSpan? _doubtedSince;

    internal Swarm(LoopContext context)
    {
        _context = context;
        var order = new CanonicalOrder(context.External, () => context.Ports.Tcp);
        _book = new PeerBook(order, context.Options.Network.Filter);
        _dialing = new Dialing(_book, context);
        _thinning = new Thinning(context.Options.MaxPeers, order);
    }

    /// <summary>Everybody connected.</summary>
    internal IReadOnlyList<Peer> Peers => _peers;

    /// <summary>The same without web seeds: those who take a place of <see cref="EngineOptions.MaxPeers"/>.</summary>
    internal IReadOnlyList<Peer> Proper => _proper;

    /// <summary>Everybody, for who plans what to ask of them.</summary>
    internal ConnectedPeers Connected => new(_peers, _turn);

    /// <summary>Where connected peers can be called, as far as that is known.</summary>
    internal IReadOnlyDictionary<Peer, IPEndPoint> Reachable => _reachedAt;

    internal int Known => _book.Count;

    /// <summary>The peer behind a wire; null when it was never taken in, or is gone.</summary>
    internal Peer? Find(IPeerWire wire) => _byWire.GetValueOrDefault(wire);

    /// <summary>Addresses heard of.</summary>
    /// <param name="addresses">The addresses.</param>
    /// <param name="areNamed">Whether the user or the magnet named them.</param>
    /// <param name="areFromTracker">Whether a tracker did.</param>
    internal void Learn(IEnumerable<IPEndPoint> addresses, bool areNamed, bool areFromTracker = false)
    {
        foreach (var address in addresses)
        {
            _book.Add(address, areNamed);
            if (areFromTracker)
            {
                _book.NamedByTracker(address);
            }
        }
    }

    /// <summary>The peers of last time.</summary>
    internal void Remember(IReadOnlyList<RememberedPeer> peers, bool areFromTrackers, TimeSpan now)
    {
        foreach (var peer in peers)
        {
            _book.Remember(peer, areFromTrackers, now);
        }
    }

    /// <summary>Who is worth being remembered for the next time, whoever is connected included. Another mount here is not: it is found anyway.</summary>
    /// <param name="fromTrackersAlone">Whether only those are that a tracker has named: so for a private torrent.</param>
    /// <param name="now">The loop's time.</param>
    internal IReadOnlyList<RememberedPeer> Memorable(bool fromTrackersAlone, TimeSpan now)
    {
        foreach (var (peer, address) in _reachedAt.Where(reached => reached.Key.BytesFrom > 0))
        {
            _book.IsUseful(address, peer.Speed.EtaAtRest, now);
        }

        return [.. _book.Memorable(fromTrackersAlone, now).Where(peer => !peer.Address.Equals(_neighbour))];
    }

    /// <summary>Learns where another process on this machine shares the torrent: whoever answers there is asked before all others.</summary>
    internal void Meet(IPEndPoint neighbour)
    {
        _neighbour = neighbour;
        _book.Add(neighbour, isNamed: true);
    }

    /// <summary>A handshake is done: the peer is taken in, or sent away with a reason.</summary>
    internal Peer? Join(IPeerWire wire, PeerHello hello, TimeSpan now)
    {
        if (Refusal(hello, now) is { } refusal)
        {
            // Remembered until its wire has ended: only then may its address be dialed again. What it says is nobody's.
            _refused.Add(wire, hello);
            wire.Close(refusal);
            return null;
        }

        var peer = new Peer(wire, hello, now) { Turn = _turn };
        _byWire.Add(wire, peer);
        _peers.Add(peer);
        if (peer.IsWebSeed)
        {
            peer.RequestLimit = WebSeedLimits.MaxRequests;
            return peer;
        }

        _proper.Add(peer);
        if (!hello.IsIncoming)
        {
            _reachedAt.Add(peer, hello.Address);
            _book.Connected(hello.Address, now);
            if (hello.IsUtp)
            {
                _book.SpeaksUtp(hello.Address);
            }
        }

        if (hello.Address.Equals(_neighbour))
        {
            _turn.Neighbour = peer;
        }

        return peer;
    }

    /// <summary>A caller tells on which port it listens: it can be called there when this connection is gone.</summary>
    internal void ListensAt(Peer peer, int port, TimeSpan now)
    {
        var address = new IPEndPoint(peer.Hello.Address.Address, port);
        if (!peer.Hello.IsIncoming || _reachedAt.ContainsKey(peer))
        {
            return;
        }

        if (_book.TakeConnected(address, now))
        {
            _reachedAt.Add(peer, address);
        }
        else if (_book.Knows(address))
        {
            _calledAt[peer] = address;
        }
    }

    /// <summary>A wire has ended.</summary>
    /// <returns>The peer, if it had been taken in.</returns>
    internal Peer? Leave(IPeerWire wire, TimeSpan now)
    {
        if (_refused.Remove(wire, out var refused))
        {
            if (!refused.IsIncoming)
            {
                _book.Left(refused.Address, wasUseful: false, quickness: null, now);
            }

            return null;
        }

        if (!_byWire.Remove(wire, out var peer))
        {
            return null;
        }

        _peers.Remove(peer);
        _proper.Remove(peer);
        _turn.Neighbour = _turn.Neighbour == peer ? null : _turn.Neighbour;

        if (_calledAt.Remove(peer, out var called) && peer.BytesFrom > 0)
        {
            // Two that call each other may both hang up; whoever has served us is called again soon.
            _book.WasUseful(called);
        }

        // Where two connections led to one peer, the other may still stand.
        if (_reachedAt.Remove(peer, out var address) && !_reachedAt.ContainsValue(address))
        {
            var wasUseful = peer.BytesFrom > 0;
            _book.Left(address, wasUseful, wasUseful ? peer.Speed.EtaAtRest : null, now);
        }

        return peer;
    }

    internal void DialFailed(IPEndPoint address, TimeSpan now) => _book.DialFailed(address, now);

    /// <summary>Whether the last dial of an address, if it is known, was given up early to make room for others.</summary>
    internal bool WasCutShort(IPEndPoint address) => _book.Knows(address) && _book.WasCutShort(address);

    /// <summary>uTP is said to work at an address.</summary>
    internal void SpeaksUtp(IPEndPoint address) => _book.SpeaksUtp(address);

    /// <summary>The peer that connects from an address, or can be called there.</summary>
    internal Peer? FindAt(IPEndPoint address) =>
        _peers.Find(peer => peer.Hello.Address.Equals(address) || (_reachedAt.TryGetValue(peer, out var reached) && reached.Equals(address)));

    /// <summary>Where a peer's router has its uTP port, as far as that is known.</summary>
    internal IPEndPoint? PunchableAt(Peer peer) => peer.Hello.IsUtp ? peer.Hello.Address : _reachedAt.GetValueOrDefault(peer);

    /// <summary>Calls by uTP alone, now: somebody at that address does the same. Not where a connection or a dial is.</summary>
    internal void Punch(IPEndPoint address, TimeSpan now)
    {
        if (_peers.Count >= _context.Options.MaxPeers || _book.Dialing >= PeerLimits.HalfOpen || FindAt(address) is not null)
        {
            return;
        }

        _book.Add(address, isNamed: false);
        if (_book.IsIdle(address))
        {
            Log.Punching(_context.Log, address);
            _book.SpeaksUtp(address);
            _book.Dialed(address, now);
            _context.Links.Dial(address, PeerLimits.ConnectTimeout, DialWay.UtpOnly);
        }
    }

    /// <summary>Never again, and gone now.</summary>
    internal void Ban(IPAddress address, string why)
    {
        if (_peers.Find(peer => peer.IsWebSeed && peer.Hello.Address.Address.Equals(address)) is { Hello.WebSeed: { } name })
        {
            WebSeedLog.Banned(_context.Log, name, why);
        }
        else
        {
            Log.Banned(_context.Log, address, why);
        }

        _book.Ban(address);
        foreach (var peer in _peers.Where(peer => peer.Hello.Address.Address.Equals(address)).ToList())
        {
            peer.Close(why);
        }
    }

    /// <summary>Dials whoever is due.</summary>
    /// <param name="now">The loop's time.</param>
    /// <param name="isEager">Whether a reader waits.</param>
    internal void Dial(TimeSpan now, bool isEager)
    {
        _dialing.Dial(_proper, now, isEager);
    }

    /// <summary>With no place left, peers that are of no use make room, and so they do for other torrents that are read. To be called at each tick.</summary>
    /// <param name="now">The loop's time.</param>
    /// <param name="isEager">Whether a reader waits.</param>
    /// <param name="isComplete">Whether we miss nothing.</param>
    internal void Thin(TimeSpan now, bool isEager, bool isComplete)
    {
        _thinning.Tick(_proper, isComplete, now, isEager && _book.HasUntried(now));
        _thinning.GiveUp(_proper, _context.Share.Excess);
    }

    /// <summary>Connections may be dead, and addresses that did not answer may: nobody is blamed for what was, and everybody has to show that they are there.</summary>
    internal void Doubt(TimeSpan now)
    {
        _doubtedSince = now;
        _book.StartOver();
        foreach (var peer in _proper)
        {
            // Where the other end is gone its answer is a reset.
            peer.Speed.Excused(now);
            peer.Send(new PeerMessage.KeepAlive());
        }
    }

    /// <summary>Whoever owes blocks and has sent nothing since <see cref="Doubt"/> is let go, to be called anew. To be called at each tick.</summary>
    internal void JudgeDoubted(TimeSpan now)
    {
        if (_doubtedSince is not { } since || now < since + DoubtFor)
        {
            return;
        }

        foreach (var peer in _proper.Where(peer => !peer.Requests.IsEmpty && peer.Speed.LastSign <= since && peer.Speed.IsSilent(now)).ToList())
        {
            peer.Close("sends nothing since the network changed");
        }

        _doubtedSince = now < since + DoubtEnds ? since : null;
    }

    /// <summary>Writes what this turn has queued, once for each peer.</summary>
    internal void Flush() => _turn.Flush();

    internal void CloseAll(string why)
    {
        foreach (var wire in _byWire.Keys.ToList())
        {
            wire.Close(why);
        }
    }

    /// <summary>Why a newcomer is not taken in, or null. Whom it replaces is sent away.</summary>
    private string? Refusal(PeerHello hello, TimeSpan now)
    {
        if (_book.IsBanned(hello.Address.Address))
        {
            return "banned";
        }

        if (hello.WebSeed is not null)
        {
            return null;
        }

        if (_proper.Find(other => !other.IsLeaving && other.Hello.Id.Equals(hello.Id)) is { } old)
        {
            if (!SameConnection.NewOneStays(_context.Self.Current, old, hello, now))
            {
                // It called us first.
                _turn.Neighbour = hello.Address.Equals(_neighbour) ? old : _turn.Neighbour;
                return "already connected";
            }

            old.Close("connected by another way");
            return null;
        }

        return _proper.Count >= _context.Options.MaxPeers ? "enough peers"
            : IsCrowded(hello.Address.Address) ? "enough peers at that address"
            : null;
    }

    private bool IsCrowded(IPAddress address)
    {
        if (AddressScope.IsLoopback(address))
        {
            return false;
        }

        var network = PendingCallers.Network(address);
        return _proper.Count(other => PendingCallers.Network(other.Hello.Address.Address).Equals(network)) >= PeerLimits.SessionsPerAddress;
    }
}
