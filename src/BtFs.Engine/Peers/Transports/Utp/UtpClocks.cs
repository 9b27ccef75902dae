namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>When something is to happen on a connection though nothing comes; <see cref="long.MaxValue"/> for never.</summary>
internal sealed class UtpClocks
{
    /// <summary>What was sent counts as lost.</summary>
    internal long Retransmit { get; set; } = long.MaxValue;

    /// <summary>What came is acknowledged.</summary>
    internal long Ack { get; set; } = long.MaxValue;

    /// <summary>A closed window is looked at.</summary>
    internal long Probe { get; set; } = long.MaxValue;

    /// <summary>The system is asked again whether it takes packets.</summary>
    internal long Blocked { get; set; } = long.MaxValue;

    /// <summary>A closed connection is given up.</summary>
    internal long Linger { get; set; } = long.MaxValue;

    /// <summary>When anything was sent last.</summary>
    internal long LastSent { get; set; }

    /// <summary>The first of all.</summary>
    internal long Next => Math.Min(Math.Min(Math.Min(Retransmit, Ack), Math.Min(Probe, Blocked)), Math.Min(Linger, LastSent + UtpLimits.KeepAlive));

    /// <summary>All that may be sent was sent. What is waited for already keeps its time.</summary>
    /// <param name="now">The time.</param>
    /// <param name="patience">How long to wait for an acknowledgement; null where nothing is on its way.</param>
    /// <param name="probeAfter">When to look at the peer's window; null where it is not what holds us up.</param>
    /// <param name="owesAcks">Whether anything that came is yet to be acknowledged.</param>
    internal void Set(long now, long? patience, long? probeAfter, bool owesAcks)
    {
        Retransmit = patience is not { } wait ? long.MaxValue : Retransmit == long.MaxValue ? now + wait : Retransmit;
        Probe = probeAfter is { } after ? Math.Min(Probe, now + after) : long.MaxValue;
        Ack = owesAcks ? Math.Min(Ack, now + UtpLimits.AckDelay) : long.MaxValue;
    }
}
