using BtFs.Engine.Peers;

namespace BtFs.Engine.Torrents;

/// <summary>Makes room in a full swarm: who has given nothing for a minute goes, so that somebody else can be tried. Owned by the loop.</summary>
/// <param name="maxPeers">Peers that fit.</param>
/// <param name="order">What decides between those who are of as little use.</param>
internal sealed class Thinning(int maxPeers, CanonicalOrder order)
{
    /// <summary>How long a peer may be of no use: two rounds of unchoking by chance (30 s each with most clients).</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Peers sent away at a time, and how often: those who come instead must be tried before more go.</summary>
    private const int AtOnce = 8;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly Dictionary<Peer, (long Bytes, TimeSpan Since)> _seen = [];
    private TimeSpan _nextLook;

    /// <summary>Looks at everybody now and then.</summary>
    /// <param name="peers">Everybody connected.</param>
    /// <param name="isComplete">Whether we miss nothing: then seeds are of no use, nor we to them.</param>
    /// <param name="now">The loop's time.</param>
    /// <param name="isRoomWanted">Whether a reader waits and somebody else could be tried.</param>
    internal void Tick(IReadOnlyList<Peer> peers, bool isComplete, TimeSpan now, bool isRoomWanted)
    {
        if (now < _nextLook)
        {
            return;
        }

        _nextLook = now + Every;
        Note(peers, now);
        if (peers.Count >= maxPeers && (isRoomWanted || isComplete))
        {
            SendAway(peers, isComplete, now);
        }
    }

    /// <summary>Other torrents need places: those who give and take least go.</summary>
    /// <param name="peers">Everybody connected.</param>
    /// <param name="count">Places to give up; a few at a time are.</param>
    internal void GiveUp(IReadOnlyList<Peer> peers, int count)
    {
        if (count == 0)
        {
            return;
        }

        var least = peers.Where(peer => !peer.IsLeaving).OrderBy(peer => peer.Requests.Count > 0).ThenBy(peer => peer.IsInterested).ThenBy(peer => peer.BytesFrom);
        foreach (var peer in least.Take(Math.Min(count, AtOnce)).ToList())
        {
            peer.Close("another torrent is read, and lacks connections");
        }
    }

    private void Note(IReadOnlyList<Peer> peers, TimeSpan now)
    {
        if (_seen.Count > peers.Count)
        {
            foreach (var gone in _seen.Keys.Except(peers).ToList())
            {
                _seen.Remove(gone);
            }
        }

        foreach (var peer in peers)
        {
            if (!_seen.TryGetValue(peer, out var seen) || seen.Bytes != peer.BytesFrom)
            {
                _seen[peer] = (peer.BytesFrom, now);
            }
        }
    }

    private void SendAway(IReadOnlyList<Peer> peers, bool isComplete, TimeSpan now)
    {
        var useless = peers.Where(peer => !peer.IsLeaving && IsUseless(peer, isComplete, now));
        foreach (var peer in useless.OrderBy(peer => order.Of(peer.Hello.Address)).Take(AtOnce).ToList())
        {
            peer.Close("of no use, and others wait to be tried");
        }
    }

    /// <summary>Whoever lets us ask is kept: it was not asked for a while, that is all.</summary>
    private bool IsUseless(Peer peer, bool isComplete, TimeSpan now)
    {
        if (isComplete)
        {
            return peer.Pieces.IsSeed;
        }

        return now - _seen[peer].Since >= Patience && (peer.ChokesUs || peer.Requests.Count > 0 || !peer.WeAreInterested);
    }
}
