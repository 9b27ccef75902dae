namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>How a connection came to its end.</summary>
internal enum UtpEnd
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>We closed it.</summary>
    Closed,

    /// <summary>The peer knows nothing of it.</summary>
    Reset,

    /// <summary>The peer does not answer.</summary>
    TimedOut,
}
