using System.Net;
using System.Net.Sockets;

namespace BtFs.Engine.Peers;

/// <summary>Every address heard of, and when to try it again. Owned by the loop.</summary>
/// <param name="order">What decides between addresses that are otherwise alike; null for whichever was heard of first.</param>
/// <param name="filter">Whom the user does not want to speak with; null for nobody.</param>
internal sealed class PeerBook(CanonicalOrder? order = null, AddressFilter? filter = null)
{
    /// <summary>Addresses remembered at most.</summary>
    internal const int MaxKnown = 2000;

    /// <summary>Failures in a row after which an address makes room for one not tried yet.</summary>
    internal const int FailuresToForget = 3;

    private readonly Dictionary<IPEndPoint, KnownPeer> _known = [];
    private readonly List<KnownPeer> _dialing = [];
    private readonly HashSet<IPAddress> _banned = [];

    // Until then nobody is due, as far as the last look told: an idle book is not walked at each tick.
    private TimeSpan _quietUntil;
    private bool _quietIsEager;

    internal int Count => _known.Count;

    /// <summary>Dials under way.</summary>
    internal int Dialing => _dialing.Count;

    /// <summary>Whether an address whose dial was cut short may have its real one: it keeps a place for seconds.</summary>
    internal bool MayRetry => Dialing < PeerLimits.PatientRetries;

    internal bool IsBanned(IPAddress address) => _banned.Contains(address) || (filter is not null && filter.Contains(address));

    /// <summary>Learns an address, unless it is known, banned, impossible or one too many.</summary>
    /// <param name="address">Where a peer may listen.</param>
    /// <param name="isNamed">Whether the user or the magnet named it: such an address is never given up.</param>
    internal void Add(IPEndPoint address, bool isNamed)
    {
        if (_known.TryGetValue(address, out var known))
        {
            known.IsGood |= isNamed;
        }
        else if (IsPossible(address) && !IsBanned(address.Address) && (isNamed || HasRoom()))
        {
            _known[address] = new KnownPeer(isNamed);
        }

        LookAgain();
    }

    /// <summary>Learns a peer of last time: it is called before strangers, once.</summary>
    internal void Remember(RememberedPeer peer, bool isFromTracker, TimeSpan now)
    {
        Add(peer.Address, isNamed: false);
        if (_known.TryGetValue(peer.Address, out var known) && known.LastUseful is null)
        {
            known.Remember(peer.Quickness, now - peer.Ago);
            known.SpeaksUtp |= peer.SpeaksUtp;
            known.IsFromTracker |= isFromTracker;
        }
    }

    /// <summary>A tracker has named an address that is known.</summary>
    internal void NamedByTracker(IPEndPoint address)
    {
        if (_known.TryGetValue(address, out var known))
        {
            known.IsFromTracker = true;
        }
    }

    /// <summary>A connected peer is of use.</summary>
    internal void IsUseful(IPEndPoint address, double quickness, TimeSpan now)
    {
        if (_known.TryGetValue(address, out var known))
        {
            known.Remember(quickness, now);
        }
    }

    /// <summary>Whoever can be called there has been of use over a connection of their own.</summary>
    internal void WasUseful(IPEndPoint address)
    {
        if (_known.TryGetValue(address, out var known))
        {
            known.IsGood = true;
            LookAgain();
        }
    }

    /// <summary>Who is worth being remembered, the best first: those that were there the last time they were called, the quickest in front.</summary>
    /// <param name="fromTrackersAlone">Whether only those are that a tracker has named.</param>
    /// <param name="now">The loop's time.</param>
    internal IReadOnlyList<RememberedPeer> Memorable(bool fromTrackersAlone, TimeSpan now) =>
    [
        .. _known
            .Where(known => known.Value.LastUseful is { } at && now - at < RememberedPeer.Life && (known.Value.IsFromTracker || !fromTrackersAlone))
            .OrderBy(known => known.Value.Failures)
            .ThenBy(known => known.Value.Quickness)
            .Take(RememberedPeer.Most)
            .Select(known => new RememberedPeer(known.Key, known.Value.Quickness, known.Value.SpeaksUtp, now - known.Value.LastUseful!.Value)),
    ];

    /// <summary>Dials under way that were started after <paramref name="moment"/>.</summary>
    internal int DialingSince(TimeSpan moment)
    {
        var count = 0;
        foreach (var peer in _dialing)
        {
            count += peer.Since > moment ? 1 : 0;
        }

        return count;
    }

    /// <summary>The addresses that may be dialed now, the most promising first.</summary>
    /// <param name="now">The loop's time.</param>
    /// <param name="isEager">Whether a reader waits.</param>
    /// <param name="count">How many at most.</param>
    internal List<IPEndPoint> Due(TimeSpan now, bool isEager, int count)
    {
        if (count <= 0 || (now < _quietUntil && _quietIsEager == isEager))
        {
            return [];
        }

        var due = new List<(IPEndPoint Address, KnownPeer Peer)>();
        var next = TimeSpan.MaxValue;
        foreach (var (address, peer) in _known)
        {
            if (peer.Stage != DialStage.Idle || (peer.WasCutShort && !MayRetry))
            {
                continue;
            }

            var at = peer.DueAt(isEager);
            if (at <= now)
            {
                due.Add((address, peer));
            }
            else if (at < next)
            {
                next = at;
            }
        }

        if (due.Count == 0 && MayRetry)
        {
            (_quietUntil, _quietIsEager) = (next, isEager);
        }

        return due
            .OrderByDescending(known => known.Peer.IsPromising)
            .ThenBy(known => known.Peer.Failures)
            .ThenBy(known => known.Peer.WasCutShort)
            .ThenBy(known => known.Peer.Quickness)
            .ThenByDescending(known => order?.Of(known.Address, known.Peer) ?? 0)
            .Take(count)
            .Select(known => known.Address)
            .ToList();
    }

    /// <summary>uTP has worked at an address, or is said to.</summary>
    internal void SpeaksUtp(IPEndPoint address)
    {
        if (_known.TryGetValue(address, out var peer))
        {
            peer.SpeaksUtp = true;
        }
    }

    /// <summary>How to call a known address.</summary>
    internal DialWay WayTo(IPEndPoint address) => _known[address].SpeaksUtp ? DialWay.Both : DialWay.TcpFirst;

    internal bool Knows(IPEndPoint address) => _known.ContainsKey(address);

    /// <summary>Whether an address is known and nothing is under way there.</summary>
    internal bool IsIdle(IPEndPoint address) => _known.TryGetValue(address, out var peer) && peer.Stage == DialStage.Idle;

    /// <summary>Whether the last dial of a known address was cut short to make room for others.</summary>
    internal bool WasCutShort(IPEndPoint address) => _known[address].WasCutShort;

    /// <summary>A dial begins.</summary>
    /// <param name="address">A known address.</param>
    /// <param name="now">The loop's time.</param>
    /// <param name="isShort">Whether it is given up early because others wait for its place: then its failure says little.</param>
    internal void Dialed(IPEndPoint address, TimeSpan now, bool isShort = false)
    {
        var peer = _known[address];
        peer.Dialed(now, isShort);
        _dialing.Add(peer);
    }

    internal void DialFailed(IPEndPoint address, TimeSpan now)
    {
        if (_known.TryGetValue(address, out var peer))
        {
            _dialing.Remove(peer);
            peer.DialFailed(now);
            LookAgain();
        }
    }

    /// <summary>A connection to an address stands, whoever opened it.</summary>
    internal void Connected(IPEndPoint address, TimeSpan now)
    {
        if (_known.TryGetValue(address, out var peer))
        {
            _dialing.Remove(peer);
            peer.Connected(now);
        }
    }

    /// <summary>Learns the address of somebody who is connected already, having called us.</summary>
    /// <returns>False when it cannot be noted, or is somebody else's.</returns>
    internal bool TakeConnected(IPEndPoint address, TimeSpan now)
    {
        Add(address, isNamed: false);
        if (!_known.TryGetValue(address, out var peer) || peer.Stage != DialStage.Idle)
        {
            return false;
        }

        peer.Connected(now);
        return true;
    }

    /// <summary>A connection has ended.</summary>
    /// <param name="address">The peer's address.</param>
    /// <param name="wasUseful">Whether it sent anything of use.</param>
    /// <param name="quickness">Seconds from a request to its block, where that was measured.</param>
    /// <param name="now">The loop's time.</param>
    internal void Left(IPEndPoint address, bool wasUseful, double? quickness, TimeSpan now)
    {
        if (_known.TryGetValue(address, out var peer))
        {
            _dialing.Remove(peer);
            peer.Left(wasUseful, quickness, now);
            LookAgain();
        }
    }

    /// <summary>Whether there is an address that was never tried, or deserves a real try.</summary>
    internal bool HasUntried(TimeSpan now)
    {
        foreach (var peer in _known.Values)
        {
            if (peer.Stage == DialStage.Idle && peer.Failures == 0 && peer.DueAt(isEager: true) <= now)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Nobody is connected and somebody waits: every good address may be called at once.</summary>
    internal void Forgive()
    {
        foreach (var peer in _known.Values)
        {
            peer.Forgive();
        }

        LookAgain();
    }

    /// <summary>Our own network was away: no failure counts, and every address may be called at once.</summary>
    internal void StartOver()
    {
        foreach (var peer in _known.Values)
        {
            peer.StartOver();
        }

        LookAgain();
    }

    /// <summary>Never again, from any port.</summary>
    internal void Ban(IPAddress address)
    {
        _banned.Add(address);
        foreach (var known in _known.Keys.Where(known => known.Address.Equals(address)).ToList())
        {
            _dialing.Remove(_known[known]);
            _known.Remove(known);
        }
    }

    private void LookAgain() => _quietUntil = TimeSpan.Zero;

    private bool HasRoom()
    {
        if (_known.Count < MaxKnown)
        {
            return true;
        }

        var worst = _known.MaxBy(pair => pair.Value.Stage == DialStage.Idle && !pair.Value.IsGood ? pair.Value.Failures : 0);
        return worst.Value is { Stage: DialStage.Idle, IsGood: false, Failures: >= FailuresToForget } && _known.Remove(worst.Key);
    }

    private static bool IsPossible(IPEndPoint address) =>
        address.Port != 0
        && !address.Address.Equals(IPAddress.Any)
        && !address.Address.Equals(IPAddress.IPv6Any)
        && !address.Address.Equals(IPAddress.Broadcast)
        && !(address.AddressFamily == AddressFamily.InterNetwork ? address.Address.GetAddressBytes()[0] is >= 224 and < 240 : address.Address.IsIPv6Multicast);
}
