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
}
