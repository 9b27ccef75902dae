using System.Diagnostics;
using BtFs.Engine.Network;
using BtFs.Engine.Peers;
using BtFs.Engine.Reports;
using ProtocolViolationException = BtFs.Protocol.ProtocolViolationException;

namespace BtFs.Engine.Torrents;

/// <summary>Owns everything mutable about one torrent. Only <see cref="RunAsync"/> touches it, so there are no locks.</summary>
/// <remarks>
/// A turn: handle every event that waits, let the phase ask and answer, write to each peer once. A handler never waits.
/// Hashing, disk and sockets are others' work, and come back as events.
/// </remarks>
internal sealed class TorrentLoop
{
    /// <summary>Events handled before the turn is ended, so that a flood cannot keep requests from going out.</summary>
    private const int MaxEventsInTurn = 1024;

    private static readonly TimeSpan FindPeersEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ActiveFor = TimeSpan.FromMinutes(1);

    private readonly TorrentSource _source;
    private readonly LoopContext _context;
    private readonly Swarm _swarm;
    private readonly PeerTalk _talk;
    private readonly long _startedAt;
    private readonly LoopGauges _gauges;
    private TorrentPhase _phase;
    private TimeSpan _lastTurn;
    private TimeSpan _nextSearch;
    private TimeSpan _activeUntil;
    private bool _isTick;
    private bool _mayDial;
    private bool _readsHaveEnded;

    // What was being handled when a bug ended the loop: whoever waits for it must hear.
    private TorrentEvent? _inHand;

    internal TorrentLoop(TorrentSource source, LoopContext context)
    {
        _source = source;
        _context = context;
        _startedAt = context.Time.GetTimestamp();
        _swarm = new Swarm(context);
        _talk = new PeerTalk(context, _swarm);
        _phase = new Resolving(source.InfoHash, _swarm, context.Links) { IsKnownPrivate = source.Info is { IsPrivate: true } };
        _gauges = new LoopGauges(_swarm);
    }

    /// <summary>How things stood at the last tick. Any thread may ask.</summary>
    internal TorrentStatus Status => _gauges.Status;

    /// <summary>Why reads wait, as it was a fifth of a second ago. Any thread may ask.</summary>
    internal IReadOnlyList<WaitReport> Waits => Content?.Waits.Latest ?? [];

    /// <summary>Everybody connected, for tests.</summary>
    internal IReadOnlyList<Peer> Peers => _swarm.Peers;

    /// <summary>How often the loop wants a tick when nothing happens. <see cref="RunAsync"/> keeps it; who drives the loop by hand should, too.</summary>
    internal TimeSpan Pace => _phase.Pace;

    private TimeSpan Now => _context.Time.GetElapsedTime(_startedAt);

    /// <summary>Runs until told to stop, then lets go of everything it holds.</summary>
    internal async Task RunAsync(CancellationToken stop)
    {
        var pace = Timeout.InfiniteTimeSpan;
        await using var timer = _context.Time.CreateTimer(_ => _context.Inbox.Post(Tick), null, pace, pace);
        await using var ending = stop.UnsafeRegister(static inbox => ((TorrentInbox)inbox!).End(), _context.Inbox);
        try
        {
            Start();
            do
            {
                EndTurn();
                if (Pace != pace)
                {
                    pace = Pace;
                    timer.Change(pace, pace);
                }
            }
            while (await _context.Inbox.WaitAsync() && TakeEvents(stop));
        }
        catch (Exception bug) when (Tell(bug))
        {
            // Told, and on its way to whoever awaits the loop.
        }
        finally
        {
            await CloseAsync();
        }
    }

    /// <summary>What the source already knows.</summary>
    internal void Start()
    {
        _swarm.Learn(_source.Peers, areNamed: true);
        _swarm.Dial(Now, isEager: true);
    }

    /// <summary>One event, start to finish, without waiting. Tests call this instead of <see cref="RunAsync"/>.</summary>
    internal void Handle(TorrentEvent e)
    {
        switch (e)
        {
            case TorrentEvent.BlocksReceived blocks: OnBlocks(blocks); break;
            case TorrentEvent.MessageReceived message: OnMessage(message); break;
            case TorrentEvent.ReadWaits read: OnReadWaits(read); break;
            case TorrentEvent.ReadLeft read: Content?.OnReadLeft(read.Wish); break;
            case TorrentEvent.WindowsMoved moved: Content?.OnWindowsMoved(moved.Reader, moved.Windows, Now); break;
            case TorrentEvent.FileRead read: Content?.OnFileRead(read.File); break;
            case TorrentEvent.PieceVerified verdict: Content?.OnVerified(verdict.Assembly, verdict.Proof); break;
            case TorrentEvent.BlockLoaded loaded: Content?.OnBlockLoaded(_swarm.Find(loaded.Peer), loaded); break;
            case TorrentEvent.PieceFound found: Content?.OnFound(found.Piece); break;
            case TorrentEvent.PieceLost lost: Content?.OnLost(lost.Piece); break;
            case TorrentEvent.PeerConnected connected: OnConnected(connected); break;
            case TorrentEvent.PeerGone gone: OnGone(gone); break;
            case TorrentEvent.PiecesOffered offered: OnPiecesOffered(offered); break;
            case TorrentEvent.DialFailed failed: OnDialFailed(failed); break;
            case TorrentEvent.NeighbourFound found: _swarm.Meet(found.Address); _swarm.Dial(Now, isEager: true); break;
            case TorrentEvent.PeersFound found: _swarm.Learn(found.Addresses, areNamed: false, found.AreFromTracker); _swarm.Dial(Now, _phase.IsEager); break;
            case TorrentEvent.PeersRemembered known: _swarm.Remember(known.Peers, known.AreFromTracker, Now); _swarm.Dial(Now, isEager: true); break;
            case TorrentEvent.StrayBlockReceived stray: OnStray(stray); break;
            case TorrentEvent.TransferOpened opened: OnTransferOpened(opened); break;
            case TorrentEvent.PortsChanged: OnPortsChanged(); break;
            case TorrentEvent.ReadsEnded: _readsHaveEnded = true; Content?.EndReads("The torrent is closing."); break;
            case TorrentEvent.Disturbed: OnDisturbed(); break;
            case TorrentEvent.ReportAsked asked: asked.Answer.TrySetResult(_gauges.Report(_phase, Now)); break;
            case TorrentEvent.PeerDrained: break;
            case TorrentEvent.Tick: _isTick = true; break;
            default: throw new UnreachableException($"No handler for {e}.");
        }
    }

    /// <summary>The turn's events are handled: asks, answers, writes.</summary>
    internal void EndTurn()
    {
        var now = Now;
        if (now - _lastTurn > DisturbanceWatch.LeastPause)
        {
            // This process has stood still. Before the tick: whose patience is at an end would be told so by it.
            OnDisturbed();
        }

        _lastTurn = now;
        NoteActivity(now);
        if (_isTick)
        {
            OnTick(now);
        }

        _phase.EndTurn(now, _isTick);
        _swarm.Flush();
        if (_mayDial && !_isTick)
        {
            // After the requests: it looks at every address there is.
            _swarm.Dial(now, isEager: true);
        }

        _mayDial = false;
        _isTick = false;
    }

    /// <summary>Who is worth being called first the next time. For the end, when nobody runs the loop any more.</summary>
    internal IReadOnlyList<RememberedPeer> Memorable() => _swarm.Memorable(_phase.IsPrivate, Now);

    /// <summary>Lets go of everything. Tests that drive the loop by hand call it instead of ending <see cref="RunAsync"/>.</summary>
    internal async ValueTask CloseAsync()
    {
        _swarm.CloseAll("closing");
        _context.Inbox.Close();
        if (_inHand is TorrentEvent.ReadWaits read)
        {
            read.Wish.GiveUp("The torrent is closing.");
        }

        if (Content is { } content)
        {
            await content.DisposeAsync();
        }
    }

    private static TorrentEvent Tick { get; } = new TorrentEvent.Tick();

    /// <summary>The content phase; nothing before.</summary>
    private Transferring? Content => _phase as Transferring;

    /// <returns>False when the loop is to end.</returns>
    private bool TakeEvents(CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
        {
            return false;
        }

        for (var i = 0; i < MaxEventsInTurn && _context.Inbox.TryTake(out var e); i++)
        {
            _inHand = e;
            Handle(e);
            _inHand = null;
        }

        return true;
    }

    private bool Tell(Exception bug)
    {
        Log.Failed(_context.Log, bug);
        return false;
    }

    /// <summary>A torrent that is read has a greater part of the process's connections, and keeps it for a while.</summary>
    private void NoteActivity(TimeSpan now)
    {
        if (_phase.IsActive)
        {
            _activeUntil = now + ActiveFor;
        }

        _context.Share.IsBusy = now < _activeUntil;
        _context.Share.IsResolving = Content is null;
    }

    private void OnTick(TimeSpan now)
    {
        _swarm.JudgeDoubted(now);
        _swarm.Thin(now, _phase.IsEager, Content is { IsComplete: true });
        _swarm.Dial(now, _phase.IsEager);
        if (_phase.IsEager && now >= _nextSearch && (_swarm.Peers.Count == 0 || _phase.IsStarved(now)))
        {
            _nextSearch = now + FindPeersEvery;
            _context.Links.FindPeers();
        }

        _gauges.Measure(_phase, now);

        // While nobody knows whether the torrent is private, peers are heard of and not told of.
        if (Content is { IsPrivate: false })
        {
            _talk.Exchange(now);
        }

        _gauges.Update(_phase);
    }

    private void OnConnected(TorrentEvent.PeerConnected connected)
    {
        var peer = _swarm.Join(connected.Peer, connected.Hello, Now);
        if (peer is null)
        {
            return;
        }

        peer.MeasureRoundTrip(Now);
        _phase.Greet(peer);
        _talk.Introduce(peer, _phase);
        Log.Connected(_context.Log, peer.Hello);
        _gauges.Update(_phase);
    }

    private void OnPortsChanged()
    {
        foreach (var peer in _swarm.Proper)
        {
            _talk.Introduce(peer, _phase);
        }
    }

    private void OnDisturbed()
    {
        var now = Now;
        Log.Disturbed(_context.Log);
        _swarm.Doubt(now);
        Content?.Excuse(now);
        _context.Links.FindPeers();
        _mayDial = true;
    }

    private void OnGone(TorrentEvent.PeerGone gone)
    {
        if (_swarm.Leave(gone.Peer, Now) is { } peer)
        {
            _phase.OnGone(peer);
            _talk.Forget(peer);
            Log.Gone(_context.Log, peer.Hello, gone.Reason);
            _gauges.Update(_phase);
        }
    }

    private void OnPiecesOffered(TorrentEvent.PiecesOffered offered)
    {
        if (_swarm.Find(offered.Peer) is not { } peer)
        {
            return;
        }

        peer.Pieces.Offer(offered.First, offered.Last, offered.AreThere);
        _phase.OnPiecesChanged(peer);
    }

    private void OnDialFailed(TorrentEvent.DialFailed failed)
    {
        _swarm.DialFailed(failed.Address, Now);
        _talk.DialFailed(failed.Address);
        _mayDial |= _phase.IsEager;
        Log.DialFailed(_context.Log, failed.Address, failed.Reason);
    }

    private void OnMessage(TorrentEvent.MessageReceived received)
    {
        if (_swarm.Find(received.Peer) is not { IsLeaving: false } peer)
        {
            return;
        }

        try
        {
            _talk.Hear(peer, received.Message, _phase, Now);
        }
        catch (ProtocolViolationException broken)
        {
            peer.Close(broken.Message);
        }
    }

    private void OnBlocks(TorrentEvent.BlocksReceived received)
    {
        if (_swarm.Find(received.Peer) is { } peer)
        {
            var now = Now;
            foreach (var (block, target, taken) in received.Blocks)
            {
                peer.BytesFrom += block.Length;
                _gauges.BytesDownloaded += block.Length;
                _phase.OnBlock(peer, block, target, taken, now);
            }
        }

        received.Done();
    }

    private void OnStray(TorrentEvent.StrayBlockReceived stray)
    {
        _gauges.BytesDownloaded += stray.Length;
        if (_swarm.Find(stray.Peer) is { } peer)
        {
            peer.BytesFrom += stray.Length;
        }
    }

    private void OnReadWaits(TorrentEvent.ReadWaits read)
    {
        if (Content is { } content)
        {
            // Looking for addresses costs the whole book: once for the first who waits, the ticks do the rest.
            var wasEager = content.IsEager;
            content.OnReadWaits(read.Wish, Now);
            _mayDial |= !wasEager && content.IsEager;
        }
        else
        {
            read.Wish.GiveUp("The torrent's content is not known yet.");
        }
    }

    private void OnTransferOpened(TorrentEvent.TransferOpened opened)
    {
        var content = new Transferring(opened.Parts, _swarm, _context);
        _phase = content;
        if (_readsHaveEnded)
        {
            content.EndReads("The torrent is closing.");
        }

        foreach (var peer in _swarm.Peers.ToList())
        {
            try
            {
                content.Adopt(peer);
                _talk.Greet(peer, content.MetadataBytes, content.IsPrivate);
            }
            catch (ProtocolViolationException broken)
            {
                peer.Close(broken.Message);
            }
        }
    }
}
