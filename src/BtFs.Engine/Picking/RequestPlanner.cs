using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Torrents;

namespace BtFs.Engine.Picking;

/// <summary>Asks peers for what is wanted: first for readers who wait, then for what they will read, then for what may be prefetched.</summary>
/// <remarks>
/// Works on what has changed: new readers and moved windows concern every peer, a block that has come concerns the peer that sent it.
/// So no block costs a walk over all peers or all pieces. Owned by the loop.
/// </remarks>
internal sealed class RequestPlanner(PieceMap map, DemandBook demand, PartialPieces partials, Background background, ConnectedPeers peers)
{
    /// <summary>A window's first pieces, of which late blocks are asked of a second peer before anybody waits.</summary>
    private const int PiecesNext = 8;

    /// <summary>How long before a reader gets to them.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    /// <summary>Windows looked at for that in one tick.</summary>
    private const int WindowsNext = 16;

    /// <summary>What a steady reader needs later than <see cref="Soon"/> comes little by little: so many seconds of its reading are under way at a time.</summary>
    private const double TrickleSeconds = 0.1;

    private static readonly TimeSpan MeasureEvery = TimeSpan.FromMilliseconds(250);

    private readonly BlockScheduler _scheduler = new();
    private readonly HedgeBudget _budget = new();
    private readonly Reserve _reserve = new();
    private readonly Suspects _suspects = new(peers);
    private readonly List<PieceIndex> _pieces = [];
    private TimeSpan _nextMeasure;
    private int _filledAt = -1;
    private bool _isBusy;

    /// <summary>Whether blocks are under way: then lateness needs a clock.</summary>
    internal bool IsBusy => _isBusy;

    /// <summary>What the link carries.</summary>
    internal LinkRate Link { get; } = new();

    /// <summary>Asks for whatever should be asked for now.</summary>
    /// <param name="now">The loop's time.</param>
    /// <param name="isTick">Whether time has passed, so that blocks may be late.</param>
    internal void Plan(TimeSpan now, bool isTick)
    {
        if (now >= _nextMeasure)
        {
            Measure(now);
        }

        TakeBackUnwanted();
        var isNew = demand.TakeNewWaiters();
        AskForWaiters(now, isNew, isTick);
        if (isTick)
        {
            HedgeNext(now);
        }

        FillPeers(now, isTick);
        _isBusy = isTick ? AnyOwes() : _isBusy || partials.All.Count > 0;
    }

    private void FillPeers(TimeSpan now, bool isTick)
    {
        if (isTick || _filledAt != demand.Ahead.Version)
        {
            _filledAt = demand.Ahead.Version;
            foreach (var peer in _reserve.Ranked)
            {
                Fill(peer, now);
            }
        }

        foreach (var peer in peers.Turn.Freed)
        {
            Fill(peer, now);
        }

        peers.Turn.ForgetFreed();
    }

    private bool AnyOwes()
    {
        foreach (var peer in peers.All)
        {
            if (!peer.Requests.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    private void Measure(TimeSpan now)
    {
        _nextMeasure = now + MeasureEvery;
        foreach (var peer in peers.All)
        {
            peer.Speed.Age(now);
            peer.Allowance.Ease(now);
        }

        Link.Measure(now);
        _budget.Earn(now, Link.Highest);
        _reserve.Measure(peers.All, demand, now);
        background.Measure(peers.All);
    }

    private void TakeBackUnwanted()
    {
        _pieces.Clear();
        demand.TakeDropped(_pieces);
        foreach (var piece in _pieces)
        {
            if (partials.TryGet(piece, out var partial) && partial.Unasked < partial.Missing && !background.HasBegun(piece))
            {
                partial.CancelAll();
            }
        }
    }

    private void AskForWaiters(TimeSpan now, bool isNew, bool isTick)
    {
        if (isNew)
        {
            _reserve.NoteDemand(demand, now);
        }

        _budget.BeginRound();
        var isForAll = isNew || isTick;
        var candidates = isForAll ? peers.All : peers.Turn.Freed;
        if (candidates.Count == 0)
        {
            return;
        }

        // By index: to ask changes no order, but to give a piece up might.
        var waiting = demand.Waiting.Pieces;
        for (var i = 0; i < waiting.Count; i++)
        {
            if (map[waiting[i]] is PieceState.Have or PieceState.Verifying || Partial(waiting[i], candidates, now) is not { } partial)
            {
                continue;
            }

            if (partial.Unasked > 0)
            {
                _scheduler.Spread(partial, candidates, isForAll, now);
            }

            if (isForAll)
            {
                // Who reads faster than the swarm gives always waits: then order matters less than that nothing comes twice.
                var isFlood = _reserve.IsLinkFull || demand.Ahead.IsHurriedAt(partial.Piece);
                _scheduler.Hedge(partial, peers.All, _budget, new HedgeNeed(IsWaiting: true, DueIn: 0, isFlood), now);
            }
        }

        if (isNew)
        {
            MakeWay();
        }
    }

    private void MakeWay()
    {
        _pieces.Clear();
        foreach (var peer in peers.All)
        {
            if (peer.Requests.Urgent > 0)
            {
                _scheduler.MakeWay(peer, partials, _pieces);
            }
        }

        foreach (var piece in _pieces)
        {
            demand.Ahead.Reopen(piece);
        }
    }

    /// <summary>What a reader will want next and would come too late is asked of a second peer, within the budget.</summary>
    private void HedgeNext(TimeSpan now)
    {
        var windows = demand.Ahead.Windows;
        for (var i = 0; i < Math.Min(windows.Count, WindowsNext); i++)
        {
            var window = windows[i];
            var last = window.IsHeld ? -1 : Math.Min(window.Last.Value, window.First.Value + PiecesNext - 1);
            for (var piece = window.First.Value; piece <= last && window.DeadlineOf(piece) < now + Soon; piece++)
            {
                var index = new PieceIndex(piece);
                if (!demand.Waiting.Contains(index) && partials.TryGet(index, out var partial))
                {
                    var dueIn = Math.Max((window.DeadlineOf(piece) - now).TotalSeconds, 0);
                    _scheduler.Hedge(partial, peers.All, _budget, new HedgeNeed(IsWaiting: false, dueIn, _reserve.IsLinkFull || window.IsHurried), now);
                }
            }
        }
    }

    /// <summary>Gives one peer what its depth leaves room for.</summary>
    private void Fill(Peer peer, TimeSpan now)
    {
        if (peer.IsLeaving || peer.Speed.IsStalled(now))
        {
            return;
        }

        var room = peer.RoomAhead(_reserve.CeilingFor(peer, demand.HasWaiters));
        if (room <= 0)
        {
            return;
        }

        // Dry: it has answered everything, and the turn in which it did so finds more to ask.
        var wasDry = peer.IsFreed && peer.Requests.IsEmpty;
        var given = FillAhead(peer, room, now);
        if (given < room && background.IsOn)
        {
            given += FillBackground(peer, room - given, now);
        }

        if (wasDry && given > 0)
        {
            peer.Allowance.RanDry(now);
        }
    }

    private int FillAhead(Peer peer, int room, TimeSpan now)
    {
        var given = 0;
        PieceIndex? spared = null;
        demand.Ahead.Rewind();
        while (given < room && demand.Ahead.TakeNext(out var piece, out var deadline) is { } window)
        {
            if (map[piece] is PieceState.Have or PieceState.Verifying or PieceState.Unchecked || demand.Waiting.Contains(piece))
            {
                window.Pass(piece);
                continue;
            }

            if (!peer.CanAsk(piece) || IsEarly(window, deadline, now))
            {
                continue;
            }

            if (PartialFor(peer, piece, now) is not { } partial)
            {
                break;
            }

            if (partial.Unasked == 0)
            {
                window.Pass(piece);
            }
            else if (_suspects.MaySend(peer, partial, now))
            {
                if (peer.IsSlow && now + TimeSpan.FromSeconds(peer.Speed.Eta(peer.Requests.Bytes)) > deadline)
                {
                    // Somebody faster should have it. If there is nothing later, better late from here than from nobody.
                    spared = piece;
                    continue;
                }

                given += Ask(peer, partial, room - given, now);
            }
        }

        // Looked up again: what was begun since may have taken its place.
        return given == 0 && spared is { } late && partials.TryGet(late, out var left) ? Ask(peer, left, 1, now) : given;
    }

    /// <summary>Whether a piece is needed so late, and so much is under way, that it can wait.</summary>
    /// <remarks>A player's ten seconds are not fetched in one burst, which the next jump would have to wait for, but little by little.</remarks>
    private bool IsEarly(AheadWindow window, TimeSpan deadline, TimeSpan now) =>
        !window.IsHurried
        && deadline > now + Soon
        && peers.Turn.Outstanding * (double)TorrentLayout.BlockLength >= TrickleSeconds * window.Speed;

    private int FillBackground(Peer peer, int room, TimeSpan now)
    {
        var given = 0;
        background.Rewind();
        while (given < room && background.TryTake(peer, out var piece, out var isNew))
        {
            if (PartialFor(peer, piece, now) is not { } partial)
            {
                break;
            }

            if (isNew)
            {
                background.Begin(piece);
            }

            if (partial.Unasked > 0 && _suspects.MaySend(peer, partial, now))
            {
                given += Ask(peer, partial, room - given, now);
            }
        }

        return given;
    }

    private static int Ask(Peer peer, PartialPiece partial, int room, TimeSpan now)
    {
        var given = 0;
        for (var block = partial.NextUnasked(0); block >= 0 && given < room; block = partial.NextUnasked(block + 1))
        {
            if (!peer.Requests.Contains(partial.Block(block)))
            {
                partial.Ask(block, peer, isUrgent: false, now);
                given++;
            }
        }

        if (given > 0 && peer.IsSuspect)
        {
            partial.OnlyFrom = peer;
        }

        return given;
    }

    /// <summary>The piece under way that a reader waits for, begun now if somebody can be asked.</summary>
    private PartialPiece? Partial(PieceIndex piece, IReadOnlyList<Peer> candidates, TimeSpan now)
    {
        if (partials.TryGet(piece, out var partial))
        {
            if (partial.OnlyFrom is null || !_suspects.HasBetter(partial, partial.OnlyFrom, now))
            {
                return partial;
            }

            partials.GiveUp(partial);
        }

        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates[i].CanAsk(piece) && candidates[i].RoomUrgent(isOnly: true) > 0)
            {
                return partials.Open(piece, demand, background, now);
            }
        }

        return null;
    }

    /// <summary>The piece under way that nobody waits for, begun now for a peer that has room.</summary>
    private PartialPiece? PartialFor(Peer peer, PieceIndex piece, TimeSpan now)
    {
        if (partials.TryGet(piece, out var partial))
        {
            if (partial.OnlyFrom is not { } only || only == peer || !_suspects.HasBetter(partial, only, now))
            {
                return partial;
            }

            partials.GiveUp(partial);
        }

        return partials.Open(piece, demand, background, now);
    }
}
