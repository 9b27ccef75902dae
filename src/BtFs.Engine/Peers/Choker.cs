using BtFs.Protocol.Peer;

namespace BtFs.Engine.Peers;

/// <summary>Decides who may download from us: those who give most, and one by turns (BEP 3, "choking"). Owned by the loop.</summary>
internal sealed class Choker(Random random)
{
    /// <summary>Peers unchoked at a time; one of them is the optimistic slot.</summary>
    internal const int Slots = 4;

    internal static readonly TimeSpan Round = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan OptimisticTurn = TimeSpan.FromSeconds(30);

    /// <summary>A peer that is unchoked stays so for at least this long, or slots would flutter.</summary>
    private static readonly TimeSpan ShortestTurn = TimeSpan.FromSeconds(10);

    private TimeSpan _nextRound;
    private TimeSpan _nextOptimistic;
    private Peer? _optimistic;

    /// <summary>A peer became interested: it need not wait for the round while a slot is free.</summary>
    internal void Interested(Peer peer, IReadOnlyCollection<Peer> peers, TimeSpan now)
    {
        if (peer.IsChoked && peers.Count(other => !other.IsChoked) < Slots)
        {
            Unchoke(peer, now);
        }
    }

    /// <summary>Ranks anew where a round is over.</summary>
    /// <param name="peers">Everybody connected.</param>
    /// <param name="isComplete">Whether we need nothing: then those are served to whom we gave least.</param>
    /// <param name="now">The loop's time.</param>
    internal void Tick(IReadOnlyCollection<Peer> peers, bool isComplete, TimeSpan now)
    {
        if (now < _nextRound)
        {
            return;
        }

        _nextRound = now + Round;
        var interested = peers.Where(peer => peer.IsInterested && !peer.Pieces.IsSeed).ToList();
        if (now >= _nextOptimistic || _optimistic is null || !interested.Contains(_optimistic))
        {
            _nextOptimistic = now + OptimisticTurn;
            var candidates = interested.Where(peer => peer.IsChoked).ToList();
            _optimistic = candidates.Count == 0 ? null : candidates[random.Next(candidates.Count)];
        }

        var ranked = isComplete
            ? interested.OrderBy(peer => peer.IsChoked || now - peer.UnchokedAt < TimeSpan.FromMinutes(1) ? 0 : 1).ThenBy(peer => peer.BytesTo)
            : interested.OrderByDescending(peer => peer.RecentBytesFrom);
        var chosen = ranked.Where(peer => peer != _optimistic).Take(_optimistic is null ? Slots : Slots - 1).ToHashSet();
        if (_optimistic is not null)
        {
            chosen.Add(_optimistic);
        }

        foreach (var peer in peers)
        {
            peer.RecentBytesFrom /= 2;
            if (chosen.Contains(peer))
            {
                Unchoke(peer, now);
            }
            else if (!peer.IsChoked && (!peer.IsInterested || now - peer.UnchokedAt >= ShortestTurn))
            {
                Choke(peer);
            }
        }
    }

    private static void Unchoke(Peer peer, TimeSpan now)
    {
        if (peer.IsChoked)
        {
            peer.IsChoked = false;
            peer.UnchokedAt = now;
            peer.Send(new PeerMessage.Unchoke());
        }
    }

    private static void Choke(Peer peer)
    {
        peer.IsChoked = true;
        peer.Send(new PeerMessage.Choke());
        foreach (var request in peer.Wanted)
        {
            if (peer.Hello.Fast)
            {
                peer.Send(new PeerMessage.RejectRequest(request.Piece, request.Begin, request.Length));
            }
        }

        peer.Wanted.Clear();
    }
}
