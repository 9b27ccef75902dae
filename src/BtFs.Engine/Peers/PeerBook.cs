using System.Net;
using System.Net.Sockets;

namespace BtFs.Engine.Peers;

/// <summary>Every address heard of, and when to try it again. Owned by the loop.</summary>
internal sealed class PeerBook
{
    /// <summary>Addresses remembered at most.</summary>
    internal const int MaxKnown = 2000;

    /// <summary>Failures in a row after which an address makes room for one not tried yet.</summary>
    internal const int FailuresToForget = 3;

    /// <summary>How soon an address that was good, or that the user named, is tried again while a reader waits.</summary>
    private static readonly TimeSpan EagerGap = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestGoodGap = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestGap = TimeSpan.FromHours(1);

    private readonly Dictionary<IPEndPoint, Entry> _entries = [];
    private readonly HashSet<IPAddress> _banned = [];

    private enum Stage
    {
        Idle,
        Dialing,
        Connected,
    }

    internal int Count => _entries.Count;

    /// <summary>Dials under way.</summary>
    internal int Dialing { get; private set; }

    internal bool IsBanned(IPAddress address) => _banned.Contains(address);

    /// <summary>Learns an address, unless it is known, banned, impossible or one too many.</summary>
    /// <param name="address">Where a peer may listen.</param>
    /// <param name="isNamed">Whether the user or the magnet named it: such an address is never given up.</param>
    internal void Add(IPEndPoint address, bool isNamed)
    {
        if (_entries.TryGetValue(address, out var known))
        {
            known.IsGood |= isNamed;
            return;
        }

        if (IsPossible(address) && !_banned.Contains(address.Address) && (isNamed || HasRoom()))
        {
            _entries[address] = new Entry { IsGood = isNamed };
        }
    }

    /// <summary>The addresses that may be dialed now, the most promising first.</summary>
    /// <param name="now">The loop's time.</param>
    /// <param name="isEager">Whether a reader waits.</param>
    /// <param name="count">How many at most.</param>
    internal List<IPEndPoint> Due(TimeSpan now, bool isEager, int count)
    {
        if (count <= 0)
        {
            return [];
        }

        return _entries
            .Where(pair => pair.Value.Stage == Stage.Idle && now >= pair.Value.DueAt(isEager))
            .OrderByDescending(pair => pair.Value.IsGood)
            .ThenBy(pair => pair.Value.Failures)
            .Take(count)
            .Select(pair => pair.Key)
            .ToList();
    }

    internal void Dialed(IPEndPoint address)
    {
        _entries[address].Stage = Stage.Dialing;
        Dialing++;
    }

    /// <summary>A connection to an address stands, whoever opened it.</summary>
    internal void Connected(IPEndPoint address)
    {
        if (_entries.TryGetValue(address, out var entry))
        {
            EndDial(entry);
            entry.Stage = Stage.Connected;
        }
    }

    /// <summary>A dial failed, or a connection ended.</summary>
    /// <param name="address">The peer's address.</param>
    /// <param name="wasUseful">Whether it sent anything of use.</param>
    /// <param name="now">The loop's time.</param>
    internal void Left(IPEndPoint address, bool wasUseful, TimeSpan now)
    {
        if (!_entries.TryGetValue(address, out var entry))
        {
            return;
        }

        EndDial(entry);
        entry.Stage = Stage.Idle;
        entry.LastTry = now;
        entry.IsGood |= wasUseful;
        entry.Failures = wasUseful ? 0 : Math.Min(entry.Failures + 1, 16);
    }

    /// <summary>Never again, from any port.</summary>
    internal void Ban(IPAddress address)
    {
        _banned.Add(address);
        foreach (var known in _entries.Keys.Where(known => known.Address.Equals(address)).ToList())
        {
            EndDial(_entries[known]);
            _entries.Remove(known);
        }
    }

    private bool HasRoom()
    {
        if (_entries.Count < MaxKnown)
        {
            return true;
        }

        var worst = _entries.MaxBy(pair => pair.Value.Stage == Stage.Idle && !pair.Value.IsGood ? pair.Value.Failures : 0);
        return worst.Value is { Stage: Stage.Idle, IsGood: false, Failures: >= FailuresToForget } && _entries.Remove(worst.Key);
    }

    private static bool IsPossible(IPEndPoint address) =>
        address.Port != 0
        && !address.Address.Equals(IPAddress.Any)
        && !address.Address.Equals(IPAddress.IPv6Any)
        && !address.Address.Equals(IPAddress.Broadcast)
        && !(address.AddressFamily == AddressFamily.InterNetwork ? address.Address.GetAddressBytes()[0] is >= 224 and < 240 : address.Address.IsIPv6Multicast);

    private void EndDial(Entry entry)
    {
        if (entry.Stage == Stage.Dialing)
        {
            Dialing--;
        }
    }

    private sealed class Entry
    {
        internal Stage Stage { get; set; }

        /// <summary>Named by the user, or useful before.</summary>
        internal bool IsGood { get; set; }
        internal int Failures { get; set; }
        internal TimeSpan? LastTry { get; set; }

        internal TimeSpan DueAt(bool isEager)
        {
            if (LastTry is not { } last)
            {
                return TimeSpan.Zero;
            }

            var longest = !IsGood ? LongestGap : isEager ? EagerGap : LongestGoodGap;
            var gap = TimeSpan.FromSeconds((IsGood ? 1 : 15) << Failures);
            return last + (gap < longest ? gap : longest);
        }
    }
}
