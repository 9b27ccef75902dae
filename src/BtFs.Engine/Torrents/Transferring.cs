using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Picking;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Extensions;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Torrents;

/// <summary>The phase in which content moves: what readers want is fetched, what is cached is served.</summary>
internal sealed class Transferring : TorrentPhase, IAsyncDisposable
{
    private static readonly TimeSpan WaitingPace = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan BusyPace = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan IdlePace = TimeSpan.FromSeconds(1);

    /// <summary>A read that has seen nothing for so long needs other peers.</summary>
    private static readonly TimeSpan StarvedAfter = TimeSpan.FromSeconds(5);

    /// <summary>HAVEs told to an adopted peer at a time, and pieces looked at for them: it must be able to read them all.</summary>
    private const int HavesAtOnce = 4_000;
    private const int PiecesAtOnce = 64 * 1024;

    /// <summary>How long the answer to a CANCEL is waited for, and at most twice as long.</summary>
    private static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(3);

    /// <summary>How long a peer that refused a block is not asked for that piece.</summary>
    private static readonly TimeSpan Forgiveness = TimeSpan.FromSeconds(1);

    private readonly TransferParts _parts;
    private readonly Swarm _swarm;
    private readonly LoopContext _context;
    private readonly DemandBook _demand;
    private readonly Downloads _downloads;
    private readonly Uploads _uploads;
    private readonly Choker _choker;
    private readonly WarmPeers _warm;
    private readonly Patience _patience;
    private readonly WaitReports _waits;
    private readonly StallWatch _stalls;
    private TimeSpan _nextForgiveness;
    private TimeSpan _nextForgetting;
    private bool _readsHaveEnded;

    internal Transferring(TransferParts parts, Swarm swarm, LoopContext context)
    {
        _parts = parts;
        _swarm = swarm;
        _context = context;
        _demand = new DemandBook(parts.Layout, () => parts.Store.Capacity);
        _downloads = new Downloads(parts, _demand, swarm.Connected, context);
        _uploads = new Uploads(parts, context.Inbox.Post);
        _choker = new Choker(context.Random);
        _warm = new WarmPeers(parts, _downloads);
        _patience = new Patience(parts, swarm, _demand, context);
        _waits = new WaitReports(parts, swarm, _demand, _downloads, context.Links);
        _stalls = new StallWatch(parts, _demand, _waits, context);
    }

    private PieceMap Pieces => _parts.Pieces;

    internal override int? MetadataBytes => _parts.Info.Bytes.Length;

    internal override bool IsEager => _demand.HasWaiters;

    internal override bool IsActive =>
        _demand.HasWaiters || _demand.Ahead.HasWindows || (_context.Options.Prefetch == PrefetchPolicy.All && !Pieces.IsComplete);

    internal override bool IsStarved(TimeSpan now) => _demand.Waiting.Wishes.Any(wish => now - wish.LastProgress > StarvedAfter);

    internal override TimeSpan Pace => _demand.HasWaiters ? WaitingPace : _downloads.IsBusy ? BusyPace : IdlePace;

    internal override bool IsPrivate => _parts.Info.IsPrivate;

    internal bool IsComplete => Pieces.IsComplete;

    internal long BytesPresent => Pieces.BytesPresent;

    internal long BytesUploaded => _uploads.BytesSent;

    internal long BytesWasted => _downloads.BytesWasted;

    /// <summary>Why reads wait.</summary>
    internal WaitReports Waits => _waits;

    internal override void Greet(Peer peer)
    {
        peer.Pieces.Settle(_parts.Layout.PieceCount);
        _downloads.OnJoined(peer);
        if (peer.Hello.Fast && Pieces.HaveCount == 0)
        {
            peer.Send(new PeerMessage.HaveNone());
        }
        else if (peer.Hello.Fast && Pieces.IsComplete)
        {
            peer.Send(new PeerMessage.HaveAll());
        }
        else if (Pieces.HaveCount > 0)
        {
            peer.Send(new PeerMessage.Bitfield(Pieces.ToBitfield()));
        }

        ShowInterest(peer);
    }

    /// <summary>Takes over a peer that was greeted while the piece count was not known: it has been told "nothing".</summary>
    internal void Adopt(Peer peer)
    {
        peer.Pieces.Settle(_parts.Layout.PieceCount);
        _downloads.OnJoined(peer);
        if (Pieces.HaveCount > 0)
        {
            peer.TellFrom = 0;
            TellHaves(peer);
        }

        ShowInterest(peer);
    }

    internal override void OnMetadata(Peer peer, MetadataMessage message, TimeSpan now)
    {
        if (message is not MetadataMessage.Request request || peer.MetadataExtension == 0)
        {
            return;
        }

        var info = _parts.Info.Bytes;
        var start = (long)request.Piece * MetadataMessage.PieceBytes;
        MetadataMessage answer = start < info.Length && (peer.MetadataBytesTo += MetadataMessage.PieceBytes) <= MetadataGiven(info.Length)
            ? new MetadataMessage.Data(request.Piece, info.Length, info.Slice((int)start, (int)Math.Min(MetadataMessage.PieceBytes, info.Length - start)))
            : new MetadataMessage.Reject(request.Piece);
        peer.Send(answer.ToMessage(peer.MetadataExtension));
    }

    /// <summary>Metadata that one peer is given, bytes: all of it a few times. No limit on the rate holds for it, so a peer must not have it for ever.</summary>
    internal static long MetadataGiven(int length) => (4L * length) + (64 * MetadataMessage.PieceBytes);

    internal override void OnInterest(Peer peer, TimeSpan now) => _choker.Interested(peer, _swarm.Peers, now);

    internal override bool OnRequest(Peer peer, PeerMessage.Request request) => _uploads.OnRequest(peer, request);

    internal override void OnCancel(Peer peer, PeerMessage.Cancel cancel) => _uploads.OnCancel(peer, cancel);

    internal override void OnPiecesChanged(Peer peer) => peer.Free();

    internal override void OnReject(Peer peer, PeerMessage.RejectRequest reject)
    {
        if (_parts.Layout.TryBlock(reject.Piece, reject.Begin, reject.Length, out var block))
        {
            _downloads.OnReject(peer, block);
        }
    }

    internal override void OnRequestsVoid(Peer peer) => _downloads.OnRequestsVoid(peer);

    internal override void OnBlock(Peer peer, BlockRef block, PieceAssembly target, bool taken, TimeSpan now) =>
        _downloads.OnBlock(peer, block, target, taken, now);

    internal override void OnGone(Peer peer) => _downloads.OnGone(peer);

    internal void OnVerified(PieceAssembly assembly, VerifiedRange? proof)
    {
        var piece = assembly.Piece;
        foreach (var liar in _downloads.OnVerified(assembly, proof))
        {
            _swarm.Ban(liar.Address, $"sent corrupt data for piece {piece}");
        }

        if (proof is not null)
        {
            Announce(piece);
        }
    }

    /// <summary>The store has come upon a piece by itself.</summary>
    internal void OnFound(PieceIndex piece)
    {
        if (_downloads.OnFound(piece))
        {
            Announce(piece);
        }
    }

    /// <summary>The store has lost a piece: we no longer claim to have it (BEP 54).</summary>
    internal void OnLost(PieceIndex piece)
    {
        if (Pieces[piece] == PieceState.Unchecked)
        {
            _downloads.OnNotFound(piece);
        }

        if (!Pieces.Has(piece))
        {
            return;
        }

        Pieces.Apply(piece, PieceEvent.Evicted);
        _downloads.OnLost(piece);
        foreach (var peer in _swarm.Peers)
        {
            if (peer.DontHaveExtension != 0)
            {
                peer.Send(new DontHaveMessage(piece.Value).ToMessage(peer.DontHaveExtension));
            }

            ShowInterest(peer);
        }
    }

    internal void OnReadWaits(Wish wish, TimeSpan now)
    {
        _warm.Used(wish.Last);
        if (_demand.Add(wish, Pieces.Has, now) && _readsHaveEnded)
        {
            _demand.Remove(wish);
            wish.GiveUp("The torrent is closing.");
        }
    }

    /// <inheritdoc cref="Patience.Excuse"/>
    internal void Excuse(TimeSpan now) => _patience.Excuse(now);

    internal void OnReadLeft(Wish wish) => _demand.Remove(wish);

    internal void OnWindowsMoved(object reader, IReadOnlyList<ReadWindow> windows, TimeSpan now)
    {
        _demand.SetWindows(reader, windows, now);
        _parts.Store.Protect(_demand.Ahead.Live());
        _warm.Opened(reader, windows);
    }

    internal void OnFileRead(FileIndex file) => _downloads.OnFileRead(file);

    internal void EndReads(string why)
    {
        _readsHaveEnded = true;
        foreach (var wish in _demand.Waiting.Wishes.ToList())
        {
            _demand.Remove(wish);
            wish.GiveUp(why);
        }
    }

    internal void OnBlockLoaded(Peer? peer, TorrentEvent.BlockLoaded loaded) => _uploads.OnLoaded(peer, loaded.Request, loaded.Bytes);

    internal override void EndTurn(TimeSpan now, bool isTick)
    {
        if (isTick)
        {
            _choker.Tick(_swarm.Peers, Pieces.IsComplete, now);
            foreach (var peer in _swarm.Peers)
            {
                TellHaves(peer);
            }

            if (_demand.Age(now))
            {
                _parts.Store.Protect(_demand.Ahead.Live());
            }

            ForgetRefusals(now);
            ForgetTakenBack(now);
            _stalls.Tick(now);
            _patience.Tick(now);
            _waits.Tick(now);
            _parts.Copies.Seeds = _swarm.Peers.Count(static peer => peer.Pieces.IsSeed);
            _warm.Tick(_swarm.Peers, now);
        }

        _downloads.Plan(now, isTick);
        _uploads.Pump(_swarm.Peers);
    }

    public async ValueTask DisposeAsync()
    {
        EndReads("The torrent is closing.");
        _downloads.Close();
        await _uploads.DisposeAsync();
    }

    private void Announce(PieceIndex piece)
    {
        if (Pieces.IsComplete)
        {
            _context.Links.ContentCompleted();
        }

        foreach (var peer in _swarm.Peers)
        {
            // Who has it does not care; who could use it does.
            if (!peer.Pieces.Has(piece))
            {
                peer.Send(new PeerMessage.Have(piece.Value));
            }

            if (Pieces.IsComplete)
            {
                ShowInterest(peer);
            }
        }
    }

    /// <summary>Interested in everybody until nothing is missing: an unchoke takes rounds to come, and the next read cannot wait for it.</summary>
    private void ShowInterest(Peer peer)
    {
        if (peer.WeAreInterested == Pieces.IsComplete)
        {
            peer.WeAreInterested = !Pieces.IsComplete;
            peer.Send(peer.WeAreInterested ? new PeerMessage.Interested() : new PeerMessage.NotInterested());
        }
    }

    private void ForgetRefusals(TimeSpan now)
    {
        if (now < _nextForgiveness)
        {
            return;
        }

        _nextForgiveness = now + Forgiveness;
        foreach (var peer in _swarm.Peers)
        {
            peer.Refused.Clear();
        }
    }

    private void ForgetTakenBack(TimeSpan now)
    {
        if (now < _nextForgetting)
        {
            return;
        }

        _nextForgetting = now + CancelPatience;
        foreach (var peer in _swarm.Peers)
        {
            peer.ForgetTakenBack();
        }
    }

    private void TellHaves(Peer peer)
    {
        if (peer.TellFrom is not { } from)
        {
            return;
        }

        var end = Math.Min((long)from + PiecesAtOnce, _parts.Layout.PieceCount);
        var piece = from;
        for (var told = 0; piece < end && told < HavesAtOnce; piece++)
        {
            if (Pieces.Has(new PieceIndex(piece)))
            {
                peer.Send(new PeerMessage.Have(piece));
                told++;
            }
        }

        peer.TellFrom = piece < _parts.Layout.PieceCount ? piece : null;
    }
}
