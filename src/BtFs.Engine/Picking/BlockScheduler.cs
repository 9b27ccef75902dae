using BtFs.Engine.Layout;
using BtFs.Engine.Peers;

namespace BtFs.Engine.Picking;

/// <summary>Decides which peer is asked for which block. Holds no state of its own: the same inputs give the same choice.</summary>
/// <remarks>
/// A waiting reader's piece is spread over every useful peer at once: each block goes to the peer from which it would arrive
/// first, given all that this peer still owes. Read-ahead takes only what room the peers' depth leaves, so that the next
/// urgent block does not queue for long. Runs when something happened, never on a poll; only lateness needs a clock.
/// </remarks>
internal static class BlockScheduler
{
    /// <summary>Blocks asked for twice at any moment for readers who wait.</summary>
    internal const int MaxDuplicates = 64;

    /// <summary>With this few blocks missing a third peer may be asked: the last block decides when the reader wakes.</summary>
    private const int LastBlocks = 6;

    /// <summary>A second peer is asked when it would deliver this much sooner, and <see cref="HedgeMargin"/> besides.</summary>
    private const double HedgeFactor = 1.5;
    private const double HedgeMargin = 0.03;

    /// <summary>Spreads the blocks of a piece that nobody was asked for yet.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="peers">Candidates in any order.</param>
    /// <param name="isWaiting">Whether a reader is blocked on it.</param>
    /// <param name="now">The loop's time.</param>
    internal static void Spread(PartialPiece piece, IReadOnlyList<Peer> peers, bool isWaiting, TimeSpan now)
    {
        var trust = Trust(piece, peers, isWaiting, now);
        for (var block = piece.NextUnasked(0); block >= 0; block = piece.NextUnasked(block + 1))
        {
            var best = Best(piece, block, peers, isWaiting, trust, now, out _);
            if (best is null)
            {
                return;
            }

            piece.Ask(block, best, now);
            if (best.IsSuspect)
            {
                piece.OnlyFrom = best;
            }
        }
    }

    /// <summary>Asks a second peer for blocks of a waited-for piece whose first one is late or too slow.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="peers">Candidates in any order.</param>
    /// <param name="budget">Duplicates still allowed.</param>
    /// <param name="now">The loop's time.</param>
    /// <returns>What is left of the budget.</returns>
    internal static int Hedge(PartialPiece piece, IReadOnlyList<Peer> peers, int budget, TimeSpan now)
    {
        if (piece.OnlyFrom is not null)
        {
            return budget;
        }

        var copies = piece.Missing <= LastBlocks ? PartialPiece.MaxCopies : 2;
        var trust = Trust(piece, peers, isWaiting: true, now);
        var soonest = Soonest(piece, peers, trust, now);
        for (var block = 0; block < piece.BlockCount && budget > 0; block++)
        {
            var owners = piece.OwnersOf(block);
            budget -= Math.Max(owners.Length - 1, 0);
            if (owners.Length == 0 || owners.Length >= copies || budget <= 0)
            {
                continue;
            }

            var remaining = double.PositiveInfinity;
            foreach (var owner in owners)
            {
                remaining = Math.Min(remaining, Remaining(owner!, piece.Block(block), now));
            }

            if (remaining <= (HedgeFactor * soonest) + HedgeMargin)
            {
                continue;
            }

            var other = Best(piece, block, peers, isWaiting: true, trust, now, out var eta);
            if (other is not null && remaining > (HedgeFactor * eta) + HedgeMargin)
            {
                piece.Ask(block, other, now);
                budget--;
            }
        }

        return Math.Max(budget, 0);
    }

    /// <summary>Seconds until anybody at all could deliver a block: most blocks are sooner than that, and need no look at each peer.</summary>
    private static double Soonest(PartialPiece piece, IReadOnlyList<Peer> peers, PeerTrust trust, TimeSpan now)
    {
        var soonest = double.PositiveInfinity;
        foreach (var peer in peers)
        {
            if (IsUseful(piece, peer, isWaiting: true, trust, now))
            {
                soonest = Math.Min(soonest, peer.Speed.Eta(peer.Requests.Bytes));
            }
        }

        return soonest;
    }

    private static double Remaining(Peer owner, BlockRef block, TimeSpan now)
    {
        if (owner.Speed.IsSilent(now))
        {
            return double.PositiveInfinity;
        }

        var due = (owner.Requests.DueOf(block) - now).TotalSeconds;
        return due > 0 ? due : owner.Speed.Eta(owner.Requests.Bytes);
    }

    private static Peer? Best(
        PartialPiece piece, int block, IReadOnlyList<Peer> peers, bool isWaiting, PeerTrust trust, TimeSpan now, out double bestEta)
    {
        Peer? best = null;
        bestEta = double.PositiveInfinity;
        var owners = piece.OwnersOf(block);
        foreach (var peer in peers)
        {
            if (!IsUseful(piece, peer, isWaiting, trust, now))
            {
                continue;
            }

            var eta = peer.Speed.Eta(peer.Requests.Bytes);
            if (eta < bestEta && !owners.Contains(peer) && !peer.Requests.Contains(piece.Block(block)))
            {
                best = peer;
                bestEta = eta;
            }
        }

        return best;
    }

    private static bool IsUseful(PartialPiece piece, Peer peer, bool isWaiting, PeerTrust trust, TimeSpan now) =>
        (isWaiting ? peer.RoomUrgent : peer.RoomAhead) > 0
        && (piece.OnlyFrom is null || piece.OnlyFrom == peer)
        && (trust.AllowSuspects || !peer.IsSuspect)
        && (trust.AllowSilent || !peer.Speed.IsSilent(now))
        && peer.CanAsk(piece.Piece);

    /// <summary>Suspects and silent peers serve only where nobody better has the piece.</summary>
    private static PeerTrust Trust(PartialPiece piece, IReadOnlyList<Peer> peers, bool isWaiting, TimeSpan now)
    {
        bool anyTrusted = false, anyTrustedLively = false, anyLively = false;
        foreach (var peer in peers)
        {
            if (!peer.CanAsk(piece.Piece))
            {
                continue;
            }

            var isLively = !peer.Speed.IsSilent(now);
            anyLively |= isLively;
            anyTrusted |= !peer.IsSuspect;
            anyTrustedLively |= isLively && !peer.IsSuspect;
        }

        return new PeerTrust(AllowSuspects: !anyTrusted, AllowSilent: anyTrusted ? !anyTrustedLively : !anyLively || !isWaiting);
    }

    private readonly record struct PeerTrust(bool AllowSuspects, bool AllowSilent);
}
