using BtFs.Engine.Layout;
using BtFs.Engine.Peers;

namespace BtFs.Engine.Picking;

/// <summary>The peers that may be asked for blocks of one piece at this moment, the one that would answer soonest first.</summary>
/// <remarks>
/// Suspects and silent peers serve only where nobody better has the piece. One look at each peer for a piece, and then only at the
/// soonest of them for each block. Kept and refilled, so that nothing is allocated.
/// </remarks>
internal sealed class Candidates
{
    private readonly PriorityQueue<Peer, double> _soonest = new();
    private readonly List<(Peer Peer, double Eta)> _aside = [];
    private readonly List<Peer> _able = [];

    /// <summary>Whether nobody but one peer could be asked.</summary>
    internal bool IsOnly => _able.Count == 1;

    /// <summary>Seconds until the first of them could deliver a block; infinite when there is none.</summary>
    internal double Soonest => _soonest.TryPeek(out _, out var eta) ? eta : double.PositiveInfinity;

    /// <summary>Looks at the peers.</summary>
    /// <param name="partial">The piece.</param>
    /// <param name="peers">Who is to be looked at.</param>
    /// <param name="areAll">Whether these are all there are. If not, nobody knows whether somebody better has the piece: suspects and silent peers are left out.</param>
    /// <param name="now">The loop's time.</param>
    internal void Gather(PartialPiece partial, IReadOnlyList<Peer> peers, bool areAll, TimeSpan now)
    {
        _soonest.Clear();
        _able.Clear();
        bool anyTrusted = false, anyTrustedLively = false, anyLively = false;
        for (var i = 0; i < peers.Count; i++)
        {
            // By index: an enumerator of an interface is an object for each look.
            var peer = peers[i];
            if (!peer.CanAsk(partial.Piece) || (partial.OnlyFrom is { } only && only != peer))
            {
                continue;
            }

            _able.Add(peer);
            var isLively = !peer.Speed.IsSilent(now);
            anyLively |= isLively;
            anyTrusted |= !peer.IsSuspect;
            anyTrustedLively |= isLively && !peer.IsSuspect;
        }

        var allowSuspects = areAll && !anyTrusted;
        var allowSilent = areAll && (anyTrusted ? !anyTrustedLively : !anyLively);
        var isOnly = areAll && IsOnly;
        foreach (var peer in _able)
        {
            if ((allowSuspects || !peer.IsSuspect) && (allowSilent || !peer.Speed.IsSilent(now)) && peer.RoomUrgent(isOnly) > 0)
            {
                _soonest.Enqueue(peer, peer.Speed.Eta(peer.Requests.Bytes, now));
            }
        }
    }

    /// <summary>Asks whoever would deliver a block soonest.</summary>
    /// <param name="partial">The piece last gathered for.</param>
    /// <param name="block">Its block.</param>
    /// <param name="within">Seconds: nobody is asked who would take longer.</param>
    /// <param name="now">The loop's time.</param>
    /// <returns>Who was asked; null when nobody can be.</returns>
    internal Peer? Ask(PartialPiece partial, int block, double within, TimeSpan now)
    {
        Peer? asked = null;
        while (asked is null && _soonest.TryDequeue(out var peer, out var eta))
        {
            if (eta > within)
            {
                _aside.Add((peer, eta));
                break;
            }

            if (peer.Requests.Contains(partial.Block(block)) || partial.OwnersOf(block).Contains(peer))
            {
                _aside.Add((peer, eta));
                continue;
            }

            asked = peer;
            partial.Ask(block, peer, isUrgent: true, now);
            if (peer.RoomUrgent(IsOnly) > 0)
            {
                _soonest.Enqueue(peer, peer.Speed.Eta(peer.Requests.Bytes, now));
            }
        }

        foreach (var (peer, eta) in _aside)
        {
            _soonest.Enqueue(peer, eta);
        }

        _aside.Clear();
        return asked;
    }
}
