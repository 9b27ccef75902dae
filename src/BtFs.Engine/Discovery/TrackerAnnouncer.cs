using System.Threading.Channels;
using BtFs.Engine.Peers;
using BtFs.Engine.Reports;
using BtFs.Protocol.Trackers;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.Discovery;

/// <summary>Keeps one torrent's trackers told of us, and hands on the peers that they name.</summary>
/// <remarks>
/// The first announce goes to all trackers at once, since somebody waits for the first peer; so does one after <see cref="Wake"/>. All others go to
/// one tracker at a time in the order of BEP 12, which is kinder to them. A private torrent never asks more than one at a time.
/// </remarks>
internal sealed class TrackerAnnouncer
{
    private readonly TrackerAnnouncerOptions _options;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _log;
    private readonly TrackerTiers _tiers;

    // The same trackers; these never change places.
    private readonly AnnouncedTracker[] _known;
    private readonly uint _key;
    private readonly long _start;
    private readonly AnnouncePlaces _places;
    private readonly Lock _counting = new();
    private readonly Dictionary<AnnouncedTracker, TrackerCounts> _counts = [];
    private readonly Channel<AnnounceEvent> _calls = Channel.CreateUnbounded<AnnounceEvent>(new() { SingleReader = true });
    private bool _isAwaited;

    /// <param name="options">Who announces what to whom.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">For this announcer alone: it is used on whatever thread the announcer runs.</param>
    /// <param name="log">Where to write.</param>
    public TrackerAnnouncer(TrackerAnnouncerOptions options, TimeProvider time, Random random, ILogger log)
    {
        _options = options;
        _time = time;
        _random = random;
        _log = log;
        _tiers = new TrackerTiers(options.Tiers, random);
        _known = [.. _tiers.All];
        _places = new AnnouncePlaces(options.Tiers.SelectMany(tier => tier), time);
        _key = (uint)random.NextInt64(1L << 32);
        _start = time.GetTimestamp();
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>
    /// Peers with everything and peers without, as told by the tracker that knows of the most; null where none has told. Any thread may ask.
    /// Every announce is answered with these numbers, so trackers are never asked for them alone.
    /// </summary>
    public TrackerCounts? Counts
    {
        get
        {
            lock (_counting)
            {
                return _counts.Values.MaxBy(counts => counts.Seeders + (long)counts.Leechers);
            }
        }
    }

    /// <summary>Peers are wanted now: asks all trackers again as soon as their minimum intervals allow. Callable from any thread.</summary>
    public void Wake() => _calls.Writer.TryWrite(AnnounceEvent.None);

    /// <summary>The last missing byte came: tells the trackers. Callable from any thread, once.</summary>
    public void Complete() => _calls.Writer.TryWrite(AnnounceEvent.Completed);

    /// <summary>How it stands with each tracker. Callable from any thread.</summary>
    public IReadOnlyList<TrackerReport> Report() => [.. _known.Select(tracker => tracker.Report(Now))];

    /// <summary>Announces until <paramref name="stop"/>, then says goodbye to the trackers that know us, within 3 s, and returns.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            if (!_tiers.All.Any())
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, stop);
            }

            await WaitToBeginAsync(stop);
            await AnnounceAsync(isUrgent: true, stop);
            while (true)
            {
                await WaitAsync(stop);
                await AnnounceAsync(_isAwaited, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The one way out.
        }

        await SayGoodbyeAsync();
    }

    /// <summary>Returns when it is our turn, or somebody waits for peers.</summary>
    private async Task WaitToBeginAsync(CancellationToken stop)
    {
        if (_options.FirstAfter > TimeSpan.Zero)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop);
            await Task.WhenAny(Task.Delay(_options.FirstAfter, _time, either.Token), _calls.Reader.WaitToReadAsync(either.Token).AsTask());
            either.Cancel();
            stop.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Returns when it is time to ask for peers.</summary>
    private async Task WaitAsync(CancellationToken stop)
    {
        _isAwaited = false;
        while (true)
        {
            while (_calls.Reader.TryRead(out var call))
            {
                _isAwaited |= call == AnnounceEvent.None;
                if (call == AnnounceEvent.Completed)
                {
                    await TellAsync(AnnounceEvent.Completed, stop);
                }
            }

            var due = _isAwaited && _tiers.NotBefore < _tiers.Due ? _tiers.NotBefore : _tiers.Due;

            // Delays are cut to whole milliseconds; the last part of one must not become a pause of nothing, again and again.
            var pause = TimeSpan.FromMilliseconds(Math.Ceiling((due - Now).TotalMilliseconds));
            if (pause <= TimeSpan.Zero)
            {
                return;
            }

            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop);
            await Task.WhenAny(Task.Delay(pause, _time, either.Token), _calls.Reader.WaitToReadAsync(either.Token).AsTask());
            either.Cancel();
            stop.ThrowIfCancellationRequested();
        }
    }

    private async Task AnnounceAsync(bool isUrgent, CancellationToken stop)
    {
        var now = Now;
        var ready = _tiers.All.Where(tracker => tracker.NotBefore <= now).ToList();
        if (isUrgent && !_options.IsPrivate())
        {
            await Task.WhenAll(ready.Select(tracker => AskAsync(tracker, stop)));

            // From the last to the first, so that the trackers in front keep their order.
            ready.Where(tracker => tracker.Answers).Reverse().ToList().ForEach(_tiers.MoveToFront);
            return;
        }

        foreach (var tracker in ready)
        {
            await AskAsync(tracker, stop);
            if (tracker.Answers)
            {
                _tiers.MoveToFront(tracker);
                return;
            }
        }
    }

    private Task AskAsync(AnnouncedTracker tracker, CancellationToken stop) =>
        AnnounceAsync(tracker, tracker.IsJoined ? AnnounceEvent.None : AnnounceEvent.Started, TrackerLimits.AnnounceTimeout, stop);

    private Task SayGoodbyeAsync() => TellAsync(AnnounceEvent.Stopped, CancellationToken.None);

    /// <summary>Tells every tracker that knows us of something, asking for nothing.</summary>
    private Task TellAsync(AnnounceEvent happened, CancellationToken stop)
    {
        var timeout = happened == AnnounceEvent.Stopped ? TrackerLimits.StopTimeout : TrackerLimits.AnnounceTimeout;
        return Task.WhenAll(_tiers.All.Where(tracker => tracker.IsJoined).Select(tracker => AnnounceAsync(tracker, happened, timeout, stop)));
    }

    private Task AnnounceAsync(AnnouncedTracker tracker, AnnounceEvent happened, TimeSpan timeout, CancellationToken stop) =>

        // The generator is for one thread, so it is asked here and not where several announces run at once.
        AnnounceAsync(tracker, happened, _random.NextDouble(), timeout, stop);

    private async Task AnnounceAsync(AnnouncedTracker tracker, AnnounceEvent happened, double jitter, TimeSpan timeout, CancellationToken stop)
    {
        using var deadline = new Deadline(timeout, _time, stop);
        try
        {
            using var place = await _places.TakeAsync(tracker.Tracker, deadline.Token);
            var reply = await tracker.Tracker.AnnounceAsync(Request(tracker, happened), deadline.Token);
            tracker.Succeeded(reply, Now);
            Report(tracker, happened, reply);
        }
        catch (TrackerException fault)
        {
            tracker.Failed(Now, jitter, fault.Message);
            DiscoveryLog.Failed(_log, tracker.Tracker.Name, happened, fault.Message);
        }
        catch (OperationCanceledException) when (deadline.HasPassed && !stop.IsCancellationRequested)
        {
            var why = $"No answer within {timeout.TotalSeconds:0} s.";
            tracker.Failed(Now, jitter, why);
            DiscoveryLog.Failed(_log, tracker.Tracker.Name, happened, why);
        }
    }

    private AnnounceRequest Request(AnnouncedTracker tracker, AnnounceEvent happened)
    {
        var totals = _options.Totals();
        return new()
        {
            InfoHash = _options.InfoHash,
            PeerId = _options.PeerId,
            Port = (ushort)_options.Port(),
            Uploaded = totals.Uploaded,
            Downloaded = totals.Downloaded,
            Left = totals.LeftOrGuess,
            Event = happened,
            PeersWanted = happened is AnnounceEvent.Stopped or AnnounceEvent.Completed ? 0 : AnnounceRequest.DefaultPeersWanted,
            Key = _key,
            TrackerId = tracker.TrackerId,
        };
    }

    private void Report(AnnouncedTracker tracker, AnnounceEvent happened, AnnounceReply reply)
    {
        DiscoveryLog.Announced(_log, tracker.Tracker.Name, reply.Peers.Count, happened, (tracker.Due - Now).TotalSeconds);
        if (reply.Warning is { } warning)
        {
            DiscoveryLog.Warned(_log, tracker.Tracker.Name, warning);
        }

        if (reply is { Seeders: { } seeders, Leechers: { } leechers })
        {
            lock (_counting)
            {
                _counts[tracker] = new TrackerCounts(seeders, leechers);
            }
        }

        if (reply.ExternalAddress is { } ours)
        {
            _options.ToldAddress(tracker.Tracker.Name, ours);
        }

        if (reply.Peers.Count > 0 && happened != AnnounceEvent.Stopped)
        {
            _options.Found(reply.Peers);
        }
    }
}
