using BtFs.Engine.Reports;
using BtFs.Protocol.Trackers;

namespace BtFs.Engine.Discovery;

/// <summary>A tracker, and what came of the announces to it. Times are those of the announcer's clock, which starts at zero.</summary>
internal sealed class AnnouncedTracker(ITracker tracker)
{
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(30);

    // 5 s doubled nine times is above half an hour.
    private const int MaxDoublings = 9;

    private int _failures;
    private Outcome? _outcome;

    public ITracker Tracker { get; } = tracker;

    /// <summary>It knows of this session, so it is to be told of its end.</summary>
    public bool IsJoined { get; private set; }

    /// <summary>Its last answer was a good one.</summary>
    public bool Answers { get; private set; }

    /// <summary>Before this moment it is not to be asked, whatever the hurry.</summary>
    public TimeSpan NotBefore { get; private set; }

    /// <summary>When it wants to hear of us again.</summary>
    public TimeSpan Due { get; private set; }

    /// <summary>What it wants to be sent back.</summary>
    public ReadOnlyMemory<byte> TrackerId { get; private set; }

    /// <summary>What came of it. Any thread may ask.</summary>
    public TrackerReport Report(TimeSpan now)
    {
        var outcome = Volatile.Read(ref _outcome);
        return new TrackerReport
        {
            Name = Tracker.Name,
            State = outcome is null ? TrackerState.Waiting : outcome.Error is null ? TrackerState.Works : TrackerState.Fails,
            Peers = outcome?.Reply?.Peers.Count ?? 0,
            Seeders = outcome?.Reply?.Seeders,
            Leechers = outcome?.Reply?.Leechers,
            AskedAgo = outcome is null ? null : now - outcome.At,
            NextIn = outcome is null || outcome.Due < now ? TimeSpan.Zero : outcome.Due - now,
            Error = outcome?.Error,
        };
    }

    /// <summary>It answered at <paramref name="now"/>.</summary>
    public void Succeeded(AnnounceReply reply, TimeSpan now)
    {
        _failures = 0;
        Volatile.Write(ref _outcome, new Outcome(now, now + reply.Interval, reply, Error: null));
        IsJoined = true;
        Answers = true;
        NotBefore = now + reply.MinInterval;
        Due = now + (reply.Interval > reply.MinInterval ? reply.Interval : reply.MinInterval);
        TrackerId = reply.TrackerId.IsEmpty ? TrackerId : reply.TrackerId;
    }

    /// <summary>It failed at <paramref name="now"/>, and is left alone for 5 s, doubled with each failure up to 30 minutes.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="jitter">0 to 1: stretches the pause from 80 to 120 %, lest all clients come back at once.</param>
    /// <param name="why">One line.</param>
    public void Failed(TimeSpan now, double jitter, string why)
    {
        var pause = FirstBackOff * (1 << Math.Min(_failures, MaxDoublings));
        _failures++;
        Answers = false;
        Due = NotBefore = now + ((pause < LongestBackOff ? pause : LongestBackOff) * (0.8 + (0.4 * jitter)));
        Volatile.Write(ref _outcome, new Outcome(now, Due, _outcome?.Reply, why));
    }

    /// <summary>The last answer, or the last failure with the answer before it.</summary>
    private sealed record Outcome(TimeSpan At, TimeSpan Due, AnnounceReply? Reply, string? Error);
}
