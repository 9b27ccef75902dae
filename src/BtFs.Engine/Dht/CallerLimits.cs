using System.Net;
using BtFs.Engine.Discovery;

namespace BtFs.Engine.Dht;

/// <summary>Who sends too much is not heard for a while. Networks are counted together, local addresses each port by itself.</summary>
internal sealed class CallerLimits
{
    private readonly Dictionary<(ulong Network, IPEndPoint? Local), Caller> _callers = [];

    /// <summary>Counts a packet.</summary>
    /// <returns>Whether it is to be read.</returns>
    internal bool Allows(IPEndPoint from, TimeSpan now)
    {
        (ulong Network, IPEndPoint? Local) key = AddressScope.IsLocal(from.Address) ? (0, from) : (NodeNetwork.CallerOf(from.Address), null);
        if (!_callers.TryGetValue(key, out var caller))
        {
            if (_callers.Count >= DhtLimits.CallerSlots)
            {
                MakeRoom(now);
            }

            _callers[key] = caller = new Caller { WindowEnds = now + DhtLimits.CallerWindow };
        }

        if (now < caller.BlockedUntil)
        {
            return false;
        }

        if (now >= caller.WindowEnds)
        {
            caller.WindowEnds = now + DhtLimits.CallerWindow;
            caller.Packets = 0;
        }

        if (++caller.Packets <= DhtLimits.CallerPackets)
        {
            return true;
        }

        caller.BlockedUntil = now + DhtLimits.CallerBlock;
        return false;
    }

    /// <summary>Forgets whose time is over; where all are busy, who sent least.</summary>
    private void MakeRoom(TimeSpan now)
    {
        var over = _callers.Where(pair => now >= pair.Value.WindowEnds && now >= pair.Value.BlockedUntil).Select(pair => pair.Key).ToList();
        if (over.Count == 0)
        {
            over.Add(_callers.MinBy(pair => pair.Value.Packets).Key);
        }

        over.ForEach(key => _callers.Remove(key));
    }

    private sealed class Caller
    {
        internal TimeSpan WindowEnds { get; set; }

        internal TimeSpan BlockedUntil { get; set; }

        internal int Packets { get; set; }
    }
}
