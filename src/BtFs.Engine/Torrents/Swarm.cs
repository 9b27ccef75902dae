using System.Net;
using BtFs.Engine.Peers;

namespace BtFs.Engine.Torrents;

/// <summary>The peers of one torrent: who is connected, who may be dialed, who is banned. Owned by the loop.</summary>
internal sealed class Swarm(LoopContext context)
{
    /// <summary>Dials under way at a time.</summary>
    internal const int MaxDialing = 30;

    private readonly Dictionary<IPeerWire, Peer> _byWire = [];
    private readonly Dictionary<IPeerWire, PeerHello> _refused = [];
    private readonly List<Peer> _peers = [];
    private readonly PeerBook _book = new();
    private readonly PeerTurn _turn = new();

    /// <summary>Everybody connected.</summary>
    internal IReadOnlyList<Peer> Peers => _peers;

    /// <summary>The same, for who plans what to ask of them.</summary>
    internal ConnectedPeers Connected => new(_peers, _turn);

    internal int Known => _book.Count;

    /// <summary>The peer behind a wire; null when it was never taken in, or is gone.</summary>
    internal Peer? Find(IPeerWire wire) => _byWire.GetValueOrDefault(wire);

    /// <summary>Addresses heard of.</summary>
    internal void Learn(IEnumerable<IPEndPoint> addresses, bool areNamed)
    {
        foreach (var address in addresses)
        {
            _book.Add(address, areNamed);
        }
    }

    /// <summary>A handshake is done: the peer is taken in, or sent away with a reason.</summary>
    internal Peer? Join(IPeerWire wire, PeerHello hello, TimeSpan now)
    {
        var refusal =
            _book.IsBanned(hello.Address.Address) ? "banned"
            : _peers.Count >= context.Options.MaxPeers ? "enough peers"
            : _peers.Any(other => other.Hello.Id.Equals(hello.Id)) ? "already connected"
            : null;
        if (refusal is not null)
        {
            // Remembered until its wire has ended: only then may its address be dialed again. What it says is nobody's.
            _refused.Add(wire, hello);
            wire.Close(refusal);
            return null;
        }

        var peer = new Peer(wire, hello, now) { Turn = _turn };
        _byWire.Add(wire, peer);
        _peers.Add(peer);
        if (!hello.IsIncoming)
        {
            _book.Connected(hello.Address);
        }

        return peer;
    }

    /// <summary>A wire has ended.</summary>
    /// <returns>The peer, if it had been taken in.</returns>
    internal Peer? Leave(IPeerWire wire, TimeSpan now)
    {
        if (_refused.Remove(wire, out var refused))
        {
            Leave(refused, wasUseful: false, now);
            return null;
        }

        if (!_byWire.Remove(wire, out var peer))
        {
            return null;
        }

        _peers.Remove(peer);
        Leave(peer.Hello, peer.BytesFrom > 0, now);
        return peer;
    }

    internal void DialFailed(IPEndPoint address, TimeSpan now) => _book.Left(address, wasUseful: false, now);

    /// <summary>Never again, and gone now.</summary>
    internal void Ban(IPAddress address, string why)
    {
        Log.Banned(context.Log, address, why);
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
        var room = Math.Min(MaxDialing - _book.Dialing, context.Options.MaxPeers - _peers.Count - _book.Dialing);
        foreach (var address in _book.Due(now, isEager, room))
        {
            _book.Dialed(address);
            context.Links.Dial(address);
        }
    }

    /// <summary>Writes what this turn has queued, once for each peer.</summary>
    internal void Flush()
    {
        foreach (var peer in _turn.ToFlush)
        {
            peer.NeedsFlush = false;
            peer.Wire.Flush();
        }

        _turn.ToFlush.Clear();
    }

    internal void CloseAll(string why)
    {
        foreach (var wire in _byWire.Keys.ToList())
        {
            wire.Close(why);
        }
    }

    private void Leave(PeerHello hello, bool wasUseful, TimeSpan now)
    {
        if (!hello.IsIncoming)
        {
            _book.Left(hello.Address, wasUseful, now);
        }
    }
}
