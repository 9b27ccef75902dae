using BtFs.Engine.Discovery;
using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.WebSeeds;

/// <summary>A web server as the loop sees it: a peer that has everything and does not choke, while it works.</summary>
/// <remarks>
/// <code>
/// asked ─failed→ resting ─time→ asked        for the server, and the same for each file on it
///   └──────────────┴──Close→ closed
/// </code>
/// While the server rests, the peer chokes: it may come back, so readers who have nobody else wait. After three failures in a row it has
/// nothing while it rests, so that they can give up. A file that cannot be had takes its pieces away. Whatever was asked for and does not
/// come is rejected (BEP 6), so that others are asked. Thread-safe.
/// </remarks>
internal sealed class WebSeedWire : IPeerWire
{
    private readonly Lock _gate = new();
    private readonly string _name;
    private readonly TorrentLayout _layout;
    private readonly WebSeedContext _context;
    private readonly WebSeedParts _parts;
    private readonly WebSeedRests _rests = new();
    private readonly OwnedTasks _running = new();
    private readonly TaskCompletionSource<string> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _alarm;
    private readonly long _startedAt;
    private TimeSpan? _fewerUntil;
    private bool _isWithdrawn;
    private bool _hasToldOfFiles;

    internal WebSeedWire(string name, IWebSeedForm form, TorrentLayout layout, WebSeedContext context)
    {
        _name = name;
        _layout = layout;
        _context = context;
        _startedAt = context.Time.GetTimestamp();
        _alarm = context.Time.CreateTimer(_ => OnAlarm(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _parts = new WebSeedParts(
            form,
            new WebSeedClient(form, context.Lookup, context.Route, context.Time),
            new RangeQueue(layout),
            new BlockBatches(this, context.Post),
            context.Sessions,
            OnWorked);
    }

    /// <inheritdoc/>
    public long BytesQueued => 0;

    /// <inheritdoc/>
    public TimeSpan? RoundTrip => null;

    private RangeQueue Queue => _parts.Queue;

    private bool IsClosed => _closed.Task.IsCompleted;

    private PieceIndex LastPiece => new(_layout.PieceCount - 1);

    private TimeSpan Now => _context.Time.GetElapsedTime(_startedAt);

    /// <inheritdoc/>
    public void Send(PeerMessage message)
    {
        // Nothing that peers tell each other means anything to a web server.
    }

    /// <inheritdoc/>
    public void Request(BlockRef block, PieceAssembly target) => Request(block, target, isUrgent: false);

    /// <inheritdoc/>
    public void Request(BlockRef block, PieceAssembly target, bool isUrgent)
    {
        lock (_gate)
        {
            if (_rests.ServerRests || IsResting(block.Piece))
            {
                // Asked for before the loop has heard of it.
                Refuse([block]);
            }
            else if (!IsClosed)
            {
                Queue.Add(block, target, isUrgent);
            }
        }
    }

    /// <inheritdoc/>
    public void Cancel(BlockRef block)
    {
        lock (_gate)
        {
            if (Queue.Remove(block, out var vain))
            {
                Post(new PeerMessage.RejectRequest(block.Piece.Value, block.Offset, block.Length));
            }

            Stop(vain);
        }
    }

    /// <inheritdoc/>
    public void SendBlock(BlockRef block, ContentSegments bytes) => bytes.Dispose();

    /// <inheritdoc/>
    public void Flush()
    {
        lock (_gate)
        {
            Begin();
        }
    }

    /// <inheritdoc/>
    public void Close(string reason)
    {
        lock (_gate)
        {
            if (_closed.TrySetResult(reason))
            {
                StopRuns();
            }
        }
    }

    /// <summary>Until it is closed, whoever closes it, and nothing of it is under way. Called once, and awaited by its owner.</summary>
    /// <param name="hello">As what it is taken in.</param>
    internal async Task RunAsync(PeerHello hello)
    {
        _context.Post(new TorrentEvent.PeerConnected(this, hello));
        Post(new PeerMessage.HaveAll());
        Post(new PeerMessage.Unchoke());
        var reason = await _closed.Task;
        try
        {
            await _running.EndAsync();
        }
        finally
        {
            await _alarm.DisposeAsync();
            _parts.Client.Dispose();
            _context.Post(new TorrentEvent.PeerGone(this, reason));
        }
    }

    private void Post(PeerMessage message) => _context.Post(new TorrentEvent.MessageReceived(this, message));

    private bool IsResting(PieceIndex piece)
    {
        var start = _layout.StartOf(piece);
        return _rests.AnyFileRests && _parts.Form.PartsOf(start, start + _layout.LengthOf(piece)).Any(part => _rests.IsResting(part.File));
    }

    private void Begin()
    {
        if (_fewerUntil <= Now)
        {
            AllowAllConnections();
        }

        while (!IsClosed && !_rests.ServerRests && Queue.Next() is { } run)
        {
            _running.Add(RunAsync(run));
        }
    }

    private void AllowAllConnections()
    {
        _fewerUntil = null;
        Queue.MostRuns = WebSeedLimits.Connections;
    }

    private async Task RunAsync(RangeRun run)
    {
        // The loop, which flushes, does not wait until a request is made.
        await Task.Yield();
        using var reading = new RangeReading(run, _parts);
        WebSeedException? fault = null;
        var hasEnded = false;
        try
        {
            await reading.RunAsync();
            hasEnded = true;
        }
        catch (WebSeedException e)
        {
            fault = e;
            hasEnded = true;
        }
        catch (OperationCanceledException) when (run.Stop.IsCancellationRequested)
        {
            hasEnded = true;
        }
        finally
        {
            if (!hasEnded)
            {
                Close("a bug in this program");
            }

            OnEnded(run, fault, reading.File);
        }
    }

    private void OnEnded(RangeRun run, WebSeedException? fault, FileIndex file)
    {
        lock (_gate)
        {
            Queue.End(run);
            if (fault is not null && !IsClosed && !run.Stop.IsCancellationRequested)
            {
                OnFault(run, fault, file);
            }

            Begin();
        }
    }

    private void OnFault(RangeRun run, WebSeedException fault, FileIndex file)
    {
        if (fault.Scope is WebSeedScope.File or WebSeedScope.FileForGood)
        {
            RestFile(file, fault);
        }
        else if (fault.Scope == WebSeedScope.Connection && run.HasProgress)
        {
            WebSeedLog.CutShort(_context.Log, _name, fault.Message);
        }
        else if (Queue.Runs.Count(other => !other.Stop.IsCancellationRequested) is > 0 and var others)
        {
            // Many servers allow one connection or two, and refuse the next one. If the others fail too, the last of them tells.
            Queue.MostRuns = others;
            _fewerUntil = Now + WebSeedLimits.FewerLasts;
            WebSeedLog.GivesFewer(_context.Log, _name, fault.Message, others);
        }
        else
        {
            RestServer(fault);
        }
    }

    private void RestServer(WebSeedException fault)
    {
        var rest = _rests.FailServer(Now, fault.RetryAfter);
        WebSeedLog.ServerFailed(_context.Log, _name, fault.Message, rest.TotalSeconds);
        StopRuns();
        Refuse(Queue.Take(new PieceIndex(0), LastPiece));
        if (_rests.IsDoubtful)
        {
            _isWithdrawn = true;
            Offer(new PieceIndex(0), LastPiece, areThere: false);
        }

        SetAlarm();
    }

    private void RestFile(FileIndex file, WebSeedException fault)
    {
        if (_rests.IsResting(file))
        {
            return;
        }

        var rest = _rests.FailFile(file, Now, fault.RetryAfter, fault.Scope == WebSeedScope.FileForGood);
        if (rest is { } time)
        {
            WebSeedLog.FileFailed(_context.Log, _name, file.Value + 1, fault.Message, time.TotalSeconds);
        }
        else if (!_hasToldOfFiles)
        {
            _hasToldOfFiles = true;
            WebSeedLog.FileIsNotAsked(_context.Log, _name, fault.Message);
        }

        // Its pieces are gone before anything else can be asked for.
        var (first, last) = _parts.Form.PiecesOf(file);
        Refuse(Queue.Take(first, last), () => Offer(first, last, areThere: false));
        SetAlarm();
    }

    private void OnAlarm()
    {
        lock (_gate)
        {
            if (IsClosed)
            {
                return;
            }

            var files = new List<FileIndex>();
            if (_rests.End(Now, files))
            {
                AllowAllConnections();
                if (_isWithdrawn)
                {
                    _isWithdrawn = false;
                    Offer(new PieceIndex(0), LastPiece, areThere: true);
                }
            }

            if (!_isWithdrawn)
            {
                OfferAgain(files);
            }

            if (!_rests.ServerRests)
            {
                Post(new PeerMessage.Unchoke());
            }

            SetAlarm();
        }
    }

    /// <summary>Files can be asked for again; but what they share with others that cannot stays away.</summary>
    private void OfferAgain(List<FileIndex> files)
    {
        foreach (var (first, last) in files.Select(_parts.Form.PiecesOf))
        {
            Offer(first, last, areThere: true);
        }

        foreach (var (first, last) in _rests.RestingFiles.Select(_parts.Form.PiecesOf))
        {
            Offer(first, last, areThere: false);
        }
    }

    private void Offer(PieceIndex first, PieceIndex last, bool areThere) =>
        _context.Post(new TorrentEvent.PiecesOffered(this, first, last, areThere));

    /// <summary>Rejects requests, as a peer that chokes: who refuses without choking is held to be broken.</summary>
    private void Refuse(List<BlockRef> blocks, Action? meanwhile = null)
    {
        Post(new PeerMessage.Choke());
        foreach (var block in blocks)
        {
            Post(new PeerMessage.RejectRequest(block.Piece.Value, block.Offset, block.Length));
        }

        meanwhile?.Invoke();
        if (!_rests.ServerRests)
        {
            Post(new PeerMessage.Unchoke());
        }
    }

    private void SetAlarm()
    {
        if (_rests.Next is { } next)
        {
            var wait = next - Now;
            _alarm.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private void StopRuns()
    {
        foreach (var run in Queue.Runs)
        {
            Stop(run);
        }
    }

    private void Stop(RangeRun? run)
    {
        if (run is not null)
        {
            // Not here and now: it would run what waits for the socket, under our lock.
            _running.Add(run.Stop.CancelAsync());
        }
    }

    private void OnWorked(FileIndex file)
    {
        lock (_gate)
        {
            _rests.Worked(file);
        }
    }
}
