using System.Net;
using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Picking;
using BtFs.Engine.Storage;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Torrents;

/// <summary>Turns _demand into requests, blocks into pieces, and pieces into verified ranges. Owned by the loop.</summary>
internal sealed class Downloads
{
    /// <summary>Blocks that a peer may refuse while it does not choke us.</summary>
    internal const int MaxRefusals = 50;

    private readonly TransferParts _parts;
    private readonly DemandBook _demand;
    private readonly IReadOnlyList<Peer> _peers;
    private readonly Action<TorrentEvent> _post;
    private readonly PartialPieces _partials;
    private readonly Background _background;
    private readonly RequestPlanner _planner;
    private readonly Dictionary<PieceAssembly, PartialPiece> _verifying = [];
    private readonly BlameLedger _blame;
    private bool _hasSuspects;

    internal Downloads(TransferParts parts, DemandBook demand, ConnectedPeers peers, LoopContext context)
    {
        _parts = parts;
        _demand = demand;
        _peers = peers.All;
        _post = context.Inbox.Post;
        _partials = new PartialPieces(parts.Layout, parts.Pieces, parts.Buffers, parts.Store.Capacity);
        _background = new Background(context.Options.Prefetch, parts.Layout, parts.Pieces, context.Random, () => parts.Store.Room, parts.Selected);
        parts.Copies.Order = _background.Availability;
        _planner = new RequestPlanner(parts.Pieces, demand, _partials, _background, peers);
        _blame = new BlameLedger(context.Random.NextInt64());
    }

    /// <summary>Payload that was of no use: duplicates, and blocks of pieces given up.</summary>
    internal long BytesWasted { get; private set; }

    /// <summary>Whether blocks are under way: then lateness needs a clock.</summary>
    internal bool IsBusy => _planner.IsBusy;

    internal void OnBlock(Peer peer, BlockRef block, PieceAssembly target, bool taken, TimeSpan now)
    {
        peer.Answer(block, now);
        _planner.Link.Received(block.Length);

        if (!taken || !_partials.TryGet(block.Piece, out var partial) || partial.Assembly != target)
        {
            BytesWasted += block.Length;
            return;
        }

        peer.RecentBytesFrom += block.Length;
        partial.Arrived(block.Number, peer, now);
        _demand.Waiting.Progressed(block.Piece, now);
        if (partial.Missing == 0)
        {
            _partials.Complete(partial);
            _verifying.Add(target, partial);
            Verify(target);
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
        peer.Close("gone");
        peer.Pieces.CountIn(null);
        OnRequestsVoid(peer);
        foreach (var partial in _partials.All.Where(partial => partial.OnlyFrom == peer).ToList())
        {
            _partials.GiveUp(partial);
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
            if (_hasSuspects)
            {
                Clear(senders);
            }

            _parts.Store.Add(proof);
            _parts.Pieces.Apply(assembly.Piece, PieceEvent.Stored);
            _demand.Waiting.Granted(assembly.Piece);
            _background.Stored(assembly.Piece);
        }
        else
        {
            liars = Accuse(assembly, senders);
            _parts.Pieces.Apply(assembly.Piece, PieceEvent.HashFailed);
            _demand.Ahead.Reopen(assembly.Piece);
        }

        assembly.Drop();
        partial.Release();
        return liars;
    }

    /// <summary>Asks for whatever should be asked for now.</summary>
    /// <param name="now">The loop's time.</param>
    /// <param name="isTick">Whether to look for late blocks even though no new reader came.</param>
    internal void Plan(TimeSpan now, bool isTick) => _planner.Plan(now, isTick);

    /// <summary>The store has come upon a piece by itself: nobody need send it any more.</summary>
    /// <returns>False when it is here, or as good as here, by other means.</returns>
    internal bool OnFound(PieceIndex piece)
    {
        if (_partials.TryGet(piece, out var partial))
        {
            _partials.GiveUp(partial);
        }

        if (_parts.Pieces[piece] is not (PieceState.Missing or PieceState.Unchecked))
        {
            return false;
        }

        _parts.Pieces.Apply(piece, PieceEvent.Found);
        _demand.Waiting.Granted(piece);
        _background.Stored(piece);
        return true;
    }

    /// <summary>The store has not come upon a piece after all.</summary>
    internal void OnNotFound(PieceIndex piece)
    {
        _parts.Pieces.Apply(piece, PieceEvent.NotFound);
        _demand.Ahead.Reopen(piece);
    }

    /// <summary>The store has lost a piece.</summary>
    internal void OnLost(PieceIndex piece)
    {
        _demand.Ahead.Lost(piece);
        _background.Lost(piece);
    }

    /// <summary>A file is read for the first time by somebody who opened it.</summary>
    internal void OnFileRead(FileIndex file) => _background.Touch(file);

    /// <summary>A peer was taken in: what it has counts.</summary>
    internal void OnJoined(Peer peer) => peer.Pieces.CountIn(_parts.Copies);

    /// <summary>The pieces under way, asked for or left over.</summary>
    internal IEnumerable<PieceIndex> Unfinished => _partials.All.Select(partial => partial.Piece);

    /// <summary>A piece under way; null when it is not.</summary>
    internal PartialPiece? UnderWay(PieceIndex piece) => _partials.TryGet(piece, out var partial) ? partial : null;

    /// <summary>Asks a peer for one block of a piece, whoever may want it.</summary>
    /// <returns>False when there is nothing to ask of it, or no memory to spare.</returns>
    internal bool AskOne(Peer peer, PieceIndex piece, TimeSpan now)
    {
        if (!peer.CanAsk(piece) || _parts.Pieces[piece] is PieceState.Have or PieceState.Verifying)
        {
            return false;
        }

        if (!_partials.TryGet(piece, out var partial))
        {
            partial = _partials.Open(piece, _demand, _background, now);
        }

        var block = partial is { OnlyFrom: null } ? partial.NextUnasked(0) : -1;
        if (block < 0)
        {
            return false;
        }

        partial!.Ask(block, peer, isUrgent: false, now);
        return true;
    }

    /// <summary>Lets go of the memory of every unfinished piece.</summary>
    internal void Close()
    {
        foreach (var partial in _partials.All.ToList())
        {
            _partials.GiveUp(partial);
        }

        foreach (var (assembly, partial) in _verifying)
        {
            assembly.Drop();
            partial.Release();
        }

        _verifying.Clear();
    }

    /// <summary>Apart from its caller, which would else make an object for each block that this could need.</summary>
    private void Verify(PieceAssembly assembly) =>
        _parts.Verifier.Submit(assembly, _demand.Waiting.Contains(assembly.Piece), proof => _post(new TorrentEvent.PieceVerified(assembly, proof)));

    private void Forget(Peer peer, BlockRef block)
    {
        if (_partials.TryGet(block.Piece, out var partial) && partial.Forget(block.Number, peer))
        {
            _demand.Ahead.Reopen(block.Piece);
        }
    }

    private IReadOnlyCollection<IPEndPoint> Accuse(PieceAssembly assembly, IReadOnlyList<IPEndPoint?> senders)
    {
        var distinct = senders.OfType<IPEndPoint>().Distinct().ToList();
        if (distinct.Count == 1)
        {
            return distinct;
        }

        _blame.Failed(assembly, senders);
        _hasSuspects = true;
        foreach (var peer in _peers.Where(peer => distinct.Contains(peer.Hello.Address)))
        {
            peer.IsSuspect = true;
        }

        return [];
    }

    /// <summary>Whoever sent a good piece alone is no suspect any more, nor is he against whom nothing is left.</summary>
    private void Clear(IReadOnlyList<IPEndPoint?> senders)
    {
        var alone = senders.All(sender => Equals(sender, senders[0])) ? senders[0] : null;
        _hasSuspects = false;
        foreach (var peer in _peers)
        {
            if (peer.IsSuspect && (peer.Hello.Address.Equals(alone) || !_blame.Accuses(peer.Hello.Address)))
            {
                peer.IsSuspect = false;
            }

            _hasSuspects |= peer.IsSuspect;
        }
    }
}
