using BtFs.Engine.Layout;
using BtFs.Engine.Peers;

namespace BtFs.Engine.Picking;

/// <summary>Decides which peer is asked for which block of a piece that is needed now.</summary>
/// <remarks>
/// The piece is spread over every useful peer at once: each block goes to the peer from which it would arrive first, given all that this
/// peer still owes. Runs when something happened, never on a poll; only lateness needs a clock. Holds nothing between two calls but
/// memory to work in.
/// </remarks>
internal sealed class BlockScheduler
{
    /// <summary>With this few blocks missing a third peer may be asked: the last block decides when the reader wakes.</summary>
    private const int LastBlocks = 6;

    /// <summary>A second peer is asked when it would deliver this much sooner, and <see cref="HedgeMargin"/> besides.</summary>
    private const double HedgeFactor = 1.5;
    private const double HedgeMargin = 0.03;

    /// <summary>Seconds that an urgent block must gain before what was asked for ahead of it is taken back.</summary>
    private const double LeastGain = 0.05;

    private const int Block = TorrentLayout.BlockLength;

    private readonly Candidates _candidates = new();
    private readonly List<BlockRef> _ahead = [];

    /// <summary>Spreads the blocks of a piece that nobody was asked for yet.</summary>
    /// <param name="partial">The piece.</param>
    /// <param name="peers">Whom to look at.</param>
    /// <param name="areAll">Whether these are all peers.</param>
    /// <param name="now">The loop's time.</param>
    internal void Spread(PartialPiece partial, IReadOnlyList<Peer> peers, bool areAll, TimeSpan now)
    {
        _candidates.Gather(partial, peers, areAll, now);
        for (var block = partial.NextUnasked(0); block >= 0; block = partial.NextUnasked(block + 1))
        {
            if (_candidates.Ask(partial, block, double.PositiveInfinity, now) is not { } asked)
            {
                return;
            }

            if (asked.IsSuspect && partial.OnlyFrom is null)
            {
                partial.OnlyFrom = asked;
                _candidates.Gather(partial, peers, areAll, now);
            }
        }
    }

    /// <summary>Asks another peer for blocks whose owners are late or too slow.</summary>
    /// <param name="partial">The piece.</param>
    /// <param name="peers">All peers.</param>
    /// <param name="budget">Duplicates allowed.</param>
    /// <param name="need">How much it matters.</param>
    /// <param name="now">The loop's time.</param>
    internal void Hedge(PartialPiece partial, IReadOnlyList<Peer> peers, HedgeBudget budget, HedgeNeed need, TimeSpan now)
    {
        if (partial.OnlyFrom is not null)
        {
            return;
        }

        var isLast = need.IsWaiting && partial.Missing <= LastBlocks;
        _candidates.Gather(partial, peers, areAll: true, now);
        for (var block = 0; block < partial.BlockCount; block++)
        {
            var owners = partial.OwnersOf(block);
            if (need.IsWaiting)
            {
                budget.Count(owners.Length);
            }

            if (owners.Length == 0)
            {
                continue;
            }

            var remaining = Remaining(partial.Block(block), owners, now);
            var isSilent = double.IsPositiveInfinity(remaining);
            if (remaining <= need.DueIn || (need.OnlySilent && !isSilent) || (owners.Length > 1 && !MayHaveMore(owners, isLast, isSilent, now)))
            {
                continue;
            }

            // What would take the other peer just as long is left where it is.
            var within = (remaining - HedgeMargin) / HedgeFactor;
            if (_candidates.Soonest < within && budget.TryTake(need.IsWaiting))
            {
                _candidates.Ask(partial, block, within, now);
            }
        }
    }

    /// <summary>Takes back what a peer was asked for ahead, where a reader's block would wait behind it and the peer heeds a CANCEL.</summary>
    /// <param name="peer">A peer that a reader waits for.</param>
    /// <param name="partials">The pieces under way.</param>
    /// <param name="reopened">Filled with the pieces that have a block to be asked for again.</param>
    internal void MakeWay(Peer peer, PartialPieces partials, List<PieceIndex> reopened)
    {
        var uncancellable = Math.Clamp(UncancellableSeconds * peer.Speed.Rate, Block, 32 * Block);

        // A web seed has a connection for readers who wait.
        if (peer.IsWebSeed || !peer.Cancels.IsWorthwhile || peer.Requests.Bytes - uncancellable < LeastGain * peer.Speed.Rate)
        {
            return;
        }

        _ahead.Clear();
        peer.Requests.CollectAhead(_ahead);
        var spared = (int)Math.Ceiling(uncancellable / Block);
        for (var i = 0; i < _ahead.Count - spared; i++)
        {
            peer.Cancel(_ahead[i]);
            if (partials.TryGet(_ahead[i].Piece, out var partial) && partial.Forget(_ahead[i].Number, peer))
            {
                reopened.Add(_ahead[i].Piece);
            }
        }
    }

    /// <summary>What libtorrent has in its send buffer already, at most 500 KiB: such blocks come whatever we say.</summary>
    private const double UncancellableSeconds = 0.5;

    /// <summary>Whether a block that two peers owe may be asked of a third: it is one of the last, or both are silent. Of a fourth, when all three have been for long.</summary>
    private static bool MayHaveMore(ReadOnlySpan<Peer?> owners, bool isLast, bool isSilent, TimeSpan now)
    {
        if (owners.Length < PartialPiece.MaxCopies)
        {
            return isLast || isSilent;
        }

        foreach (var owner in owners)
        {
            if (!owner!.Speed.IsLongSilent(now))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Seconds until the first of a block's owners delivers it.</summary>
    private static double Remaining(BlockRef block, ReadOnlySpan<Peer?> owners, TimeSpan now)
    {
        var remaining = double.PositiveInfinity;
        foreach (var owner in owners)
        {
            remaining = Math.Min(remaining, Remaining(block, owner!, now));
        }

        return remaining;
    }

    private static double Remaining(BlockRef block, Peer owner, TimeSpan now)
    {
        if (owner.Requests.DueOf(block) is not { } due)
        {
            // It has sent the block, but another's copy was written first, and the news of that is still on its way to the loop.
            return 0;
        }

        return owner.Speed.IsSilent(now) ? double.PositiveInfinity
            : due > now ? (due - now).TotalSeconds
            : owner.Speed.Eta(owner.Requests.Bytes, now);
    }
}
