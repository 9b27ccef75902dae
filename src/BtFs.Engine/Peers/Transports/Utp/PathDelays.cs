using BtFs.Protocol.Utp;

namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>The delays of both directions, as the timestamps in headers tell them.</summary>
internal sealed class PathDelays
{
    private readonly DelayHistory _ours = new();
    private readonly DelayHistory _theirs = new();

    /// <summary>What the last packet took to get here by two clocks, to be told the peer.</summary>
    internal uint Last { get; private set; }

    /// <summary>Microseconds that our packets lately spent in queues.</summary>
    internal long Queuing => _ours.Queuing;

    /// <summary>A packet has come.</summary>
    internal void Measure(UtpHeader header, long now)
    {
        Last = unchecked((uint)now - header.Timestamp);
        var baseBefore = _theirs.Base;
        var wasMeasured = _theirs.IsMeasured;
        _theirs.Add(Last, now);

        // A path does not get shorter: when packets to us come sooner than ever, the peer's clock runs slower than ours, and what it measures grows.
        var drift = DelayHistory.Above(baseBefore, _theirs.Base);
        if (wasMeasured && drift is > 0 and < (int)(10 * UtpLimits.Millisecond))
        {
            _ours.Shift((uint)drift);
        }

        if (header.Delay != 0)
        {
            _ours.Add(header.Delay, now);
        }
    }
}
