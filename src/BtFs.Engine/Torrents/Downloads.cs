using System.Net;
using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Picking;
using BtFs.Engine.Storage;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Torrents;

/// <summary>Turns demand into requests, blocks into pieces, and pieces into verified ranges. Owned by the loop.</summary>
internal sealed class Downloads(
    TransferParts parts, DemandBook demand, IReadOnlyList<Peer> peers, long secret, Action<TorrentEvent> post)
{
    /// <summary>Blocks that a peer may refuse while it does not choke us.</summary>
    internal const int MaxRefusals = 50;

    private readonly PartialPieces _partials = new(parts.Layout, parts.Buffers);
    private readonly Dictionary<PieceAssembly, PartialPiece> _verifying = [];
    private readonly BlameLedger _blame = new(secret);

    /// <summary>Payload that was of no use: duplicates, and blocks of pieces given up.</summary>
    internal long BytesWasted { get; private set; }

    /// <summary>Whether blocks are under way: then lateness needs a clock.</summary>
    internal bool IsBusy => peers.Any(peer => !peer.Requests.IsEmpty);

    internal void OnBlock(Peer peer, BlockRef block, PieceAssembly target, bool taken, TimeSpan now)
    {
        if (peer.Requests.Remove(block))
        {
            peer.Speed.Answered(now, block.Length, peer.Requests.IsEmpty);
            peer.Refusals -= peer.Refusals > 0 ? 1 : 0;
        }

        if (!taken || !_partials.TryGet(block.Piece, out var partial) || partial.Assembly != target)
        {
            BytesWasted += block.Length;
            return;
        }

        peer.RecentBytesFrom += block.Length;
        partial.Arrived(block.Number, peer, now);
        demand.Progressed(block.Piece, now);
        if (partial.Missing == 0)
        {
            _partials.Remove(partial);
            _verifying.Add(target, partial);
            parts.Pieces.Apply(block.Piece, PieceEvent.LastBlockArrived);
            parts.Verifier.Submit(target, demand.IsWaitedFor(block.Piece), proof => post(new TorrentEvent.PieceVerified(target, proof)));
        }
    }

    /// <summary>A peer will not send a block (BEP 6).</summary>
    internal void OnReject(Peer peer, BlockRef block)
    {
        var wasTakenBack = peer.Requests.IsCancelled(block);
        if (!peer.Refuse(block))
        {
            return;
        }

        Forget(peer, block);
        if (!wasTakenBack && (!peer.ChokesUs || peer.AllowedFast.Contains(block.Piece.Value)))
        {
            peer.Refused.Add(block.Piece.Value);
            if (++peer.Refusals >= MaxRefusals)
            {
                peer.Close("refuses what it offers");
            }
        }
    }

    /// <summary>A peer owes nothing any more: it is gone, or has choked us without Fast, which voids every request.</summary>
    internal void OnRequestsVoid(Peer peer)
    {
        foreach (var block in peer.VoidRequests())
        {
            Forget(peer, block);
        }
    }

    /// <summary>A peer is gone: pieces that only it was to send start over.</summary>
    internal void OnGone(Peer peer)
    {
        OnRequestsVoid(peer);
        foreach (var partial in _partials.All.Where(partial => partial.OnlyFrom == peer).ToList())
        {
            GiveUp(partial);
        }
    }

    /// <summary>The verdict on a piece.</summary>
    /// <returns>The addresses to ban: whoever is proven to have lied.</returns>
    internal IReadOnlyCollection<IPEndPoint> OnVerified(PieceAssembly assembly, VerifiedRange? proof)
    {
        _verifying.Remove(assembly, out var partial);
        var senders = partial!.SentBy;
        IReadOnlyCollection<IPEndPoint> liars;
        if (proof is not null)
        {
            liars = _blame.Passed(assembly);
            Clear(senders);
            parts.Store.Add(proof);
            parts.Pieces.Apply(assembly.Piece, PieceEvent.Stored);
            demand.Granted(assembly.Piece);
        }
        else
        {
            liars = Accuse(assembly, senders);
            parts.Pieces.Apply(assembly.Piece, PieceEvent.HashFailed);
        }

        assembly.Drop();
        return liars;
    }

    /// <summary>Asks for whatever should be asked for now.</summary>
    /// <param name="now">The loop's time.</param>
    /// <param name="isTick">Whether to look for late blocks even though no new reader came.</param>
    internal void Plan(TimeSpan now, bool isTick)
    {
        var ordered = demand.Ordered(now, out var changed);
        if (changed)
        {
            TakeBackUnwanted(now);
        }

        var hasRoom = HasRoomAhead();
        var budget = BlockScheduler.MaxDuplicates;
        foreach (var wanted in ordered)
        {
            if (!wanted.IsWaiting && !hasRoom)
            {
                return;
            }

            if (parts.Pieces[wanted.Piece] is PieceState.Have or PieceState.Verifying || !TryPartial(wanted, now, out var partial))
            {
                continue;
            }

            if (partial.OnlyFrom is { } only && HasBetter(partial, only, now))
            {
                GiveUp(partial);
                if (!TryPartial(wanted, now, out partial))
                {
                    continue;
                }
            }

            if (partial.Unasked > 0)
            {
                BlockScheduler.Spread(partial, peers, wanted.IsWaiting, now);
                hasRoom = HasRoomAhead();
            }

            if (wanted.IsWaiting && (changed || isTick))
            {
                budget = BlockScheduler.Hedge(partial, peers, budget, now);
            }
        }
    }

    /// <summary>The pieces under way, asked for or left over.</summary>
    internal IEnumerable<PieceIndex> Unfinished => _partials.All.Select(partial => partial.Piece);

    /// <summary>Asks a peer for one block of a piece, whoever may want it.</summary>
    /// <returns>False when there is nothing to ask of it, or no memory to spare.</returns>
    internal bool AskOne(Peer peer, PieceIndex piece, TimeSpan now)
    {
        if (!peer.CanAsk(piece) || parts.Pieces[piece] is PieceState.Have or PieceState.Verifying)
        {
            return false;
        }

        if (!_partials.TryGet(piece, out var partial))
        {
            if (!_partials.HasRoomFor(piece, isWaiting: false))
            {
                return false;
            }

            parts.Pieces.Apply(piece, PieceEvent.Started);
            partial = _partials.Open(piece, now);
        }

        var block = partial.OnlyFrom is null ? partial.NextUnasked(0) : -1;
        if (block < 0)
        {
            return false;
        }

        partial.Ask(block, peer, now);
        return true;
    }

    /// <summary>Lets go of the memory of every unfinished piece.</summary>
    internal void Close()
    {
        foreach (var partial in _partials.All.ToList())
        {
            GiveUp(partial);
        }

        foreach (var assembly in _verifying.Keys)
        {
            assembly.Drop();
        }

        _verifying.Clear();
    }

    private bool TryPartial(Demand wanted, TimeSpan now, out PartialPiece partial)
    {
        if (_partials.TryGet(wanted.Piece, out partial!))
        {
            return true;
        }

        if (!CanBeAsked(wanted))
        {
            return false;
        }

        if (_partials.LeastWanted(piece => demand.IsWanted(piece, now)) is { } leftover)
        {
            GiveUp(leftover);
        }
        else if (wanted.IsWaiting && !_partials.HasRoomFor(wanted.Piece, isWaiting: true)
            && _partials.LeastWanted(demand.IsWaitedFor) is { } ahead)
        {
            GiveUp(ahead);
        }

        if (!_partials.HasRoomFor(wanted.Piece, wanted.IsWaiting))
        {
            return false;
        }

        parts.Pieces.Apply(wanted.Piece, PieceEvent.Started);
        partial = _partials.Open(wanted.Piece, now);
        return true;
    }

    /// <summary>Whether a piece that one suspect was to send alone should start over with somebody else.</summary>
    private bool HasBetter(PartialPiece partial, Peer only, TimeSpan now)
    {
        var isStuck = !only.CanAsk(partial.Piece) || only.Speed.IsSilent(now);
        var left = only.Speed.Eta(partial.Missing * TorrentLayout.BlockLength);
        foreach (var peer in peers)
        {
            if (peer == only || peer.RoomUrgent <= 0 || peer.Speed.IsSilent(now) || !peer.CanAsk(partial.Piece))
            {
                continue;
            }

            if (isStuck || !peer.IsSuspect || left > (4 * peer.Speed.Eta(peer.Requests.Bytes + partial.Assembly.Length)) + 1)
            {
                return true;
            }
        }

        return false;
    }

    private bool CanBeAsked(Demand wanted)
    {
        foreach (var peer in peers)
        {
            if ((wanted.IsWaiting ? peer.RoomUrgent : peer.RoomAhead) > 0 && peer.CanAsk(wanted.Piece))
            {
                return true;
            }
        }

        return false;
    }

    private bool HasRoomAhead()
    {
        foreach (var peer in peers)
        {
            if (!peer.ChokesUs && peer.RoomAhead > 0)
            {
                return true;
            }
        }

        return false;
    }

    private void TakeBackUnwanted(TimeSpan now)
    {
        foreach (var partial in _partials.All)
        {
            if (partial.Unasked < partial.Missing && !demand.IsWanted(partial.Piece, now))
            {
                partial.CancelAll();
            }
        }
    }

    private void Forget(Peer peer, BlockRef block)
    {
        if (_partials.TryGet(block.Piece, out var partial))
        {
            partial.Forget(block.Number, peer);
        }
    }

    private void GiveUp(PartialPiece partial)
    {
        partial.CancelAll();
        _partials.Remove(partial);
        partial.Assembly.Drop();
        parts.Pieces.Apply(partial.Piece, PieceEvent.GivenUp);
    }

    private IReadOnlyCollection<IPEndPoint> Accuse(PieceAssembly assembly, IReadOnlyList<IPEndPoint?> senders)
    {
        var distinct = senders.OfType<IPEndPoint>().Distinct().ToList();
        if (distinct.Count == 1)
        {
            return distinct;
        }

        _blame.Failed(assembly, senders);
        foreach (var peer in peers.Where(peer => distinct.Contains(peer.Hello.Address)))
        {
            peer.IsSuspect = true;
        }

        return [];
    }

    /// <summary>Whoever sent a good piece alone is no suspect any more, nor is he against whom nothing is left.</summary>
    private void Clear(IReadOnlyList<IPEndPoint?> senders)
    {
        var alone = senders.All(sender => Equals(sender, senders[0])) ? senders[0] : null;
        foreach (var peer in peers)
        {
            if (peer.IsSuspect && (peer.Hello.Address.Equals(alone) || !_blame.Accuses(peer.Hello.Address)))
            {
                peer.IsSuspect = false;
            }
        }
    }
}
