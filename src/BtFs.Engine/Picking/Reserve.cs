using BtFs.Engine.Peers;

namespace BtFs.Engine.Picking;

/// <summary>How much of the swarm is kept free for the read that comes next. Owned by the loop.</summary>
/// <remarks>
/// What is queued at a peer when a read comes is what the read waits for. While reads go here and there, the next one may be anywhere:
/// queues are kept short, and shortest at the best peers. While everybody reads on and on, nothing is gained by that, and the link is to
/// be filled.
/// </remarks>
internal sealed class Reserve
{
    /// <summary>Seconds of a peer's rate beyond the round trip, for each situation.</summary>
    internal const double WhenScattered = 0.1;
    internal const double WhenPaced = 0.1;
    internal const double WhenHurried = QueueAllowance.Most;

    /// <summary>One in so many peers is kept free, within bounds; a few peers are all needed.</summary>
    private const int OneIn = 4;
    private const int MostExpress = 6;

    /// <summary>A peer so much slower than the fastest is not given what is needed first.</summary>
    private const double SlowShare = 0.25;

    /// <summary>The path's round trip grown by this much says that our own link is full.</summary>
    private static readonly TimeSpan FullQueue = TimeSpan.FromMilliseconds(30);

    private readonly List<Peer> _ranked = [];
    private double _ceiling = WhenHurried;

    /// <summary>Peers that could be asked when last measured, the fastest first.</summary>
    internal IReadOnlyList<Peer> Ranked => _ranked;

    /// <summary>Whether reads go here and there.</summary>
    internal bool IsScattered { get; private set; }

    /// <summary>Whether our own link is the bottleneck.</summary>
    internal bool IsLinkFull { get; private set; }

    /// <summary>Seconds of its rate that a peer may have queued beyond the round trip for what nobody waits for; negative for nothing at all.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="isWaitedFor">Whether any reader waits.</param>
    internal double CeilingFor(Peer peer, bool isWaitedFor)
    {
        if (!IsScattered)
        {
            return _ceiling;
        }

        // Where our own link is the bottleneck, whatever else is under way delays the reader; else only what is asked of the same peer.
        return IsLinkFull && isWaitedFor ? -1
            : IsLinkFull || (peer.IsExpress && !peer.Speed.Limit.IsPaced) || peer.Requests.Urgent > 0 ? 0
            : _ceiling;
    }

    /// <summary>Looks at how things stand. To be called every few hundred milliseconds, and when reads begin or cease to be scattered.</summary>
    /// <param name="peers">Everybody connected.</param>
    /// <param name="demand">Who wants what.</param>
    /// <param name="now">The loop's time.</param>
    internal void Measure(IReadOnlyList<Peer> peers, DemandBook demand, TimeSpan now)
    {
        _ranked.Clear();
        var full = 0;
        foreach (var peer in peers)
        {
            peer.IsExpress = false;
            peer.IsSlow = false;
            if (!peer.ChokesUs && !peer.IsLeaving)
            {
                _ranked.Add(peer);
                full += peer.Speed.Queueing > FullQueue ? 1 : 0;
            }
        }

        _ranked.Sort(static (a, b) => a.Speed.EtaAtRest.CompareTo(b.Speed.EtaAtRest));
        IsLinkFull = full > _ranked.Count / 2;
        NoteSlow();
        NoteDemand(demand, now);
    }

    /// <summary>Which situation it is.</summary>
    internal void NoteDemand(DemandBook demand, TimeSpan now)
    {
        IsScattered = demand.IsScattered(now);
        _ceiling = IsScattered ? WhenScattered : demand.Ahead.IsHurried ? WhenHurried : WhenPaced;
        var express = IsScattered ? Math.Min(_ranked.Count / OneIn, MostExpress) : 0;
        for (var i = 0; i < _ranked.Count; i++)
        {
            _ranked[i].IsExpress = i < express;
        }
    }

    private void NoteSlow()
    {
        var fastest = 0.0;
        foreach (var peer in _ranked)
        {
            fastest = peer.Speed.IsMeasured ? Math.Max(fastest, peer.Speed.Rate) : fastest;
        }

        foreach (var peer in _ranked)
        {
            peer.IsSlow = peer.Speed.IsMeasured && peer.Speed.Rate < SlowShare * fastest;
        }
    }
}
