namespace BtFs.Engine.PortMapping;

/// <summary>One way to ask one gateway for its ports. One call at a time.</summary>
internal interface IGatewayClient
{
    /// <summary>The protocol's name, for the log.</summary>
    string Name { get; }

    /// <summary>Asks for a port, or for one that was given before to stay.</summary>
    /// <param name="port">Ours.</param>
    /// <param name="wanted">The gateway's port that would suit us; it may give another.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="GatewayException">There is none to be had this way.</exception>
    Task<PortGrant> MapAsync(MappedPort port, ushort wanted, CancellationToken cancel);

    /// <summary>Reads the gateway's clock, which tells whether it still knows what it gave.</summary>
    /// <returns>Seconds since it began to remember; null where this protocol has no clock.</returns>
    /// <exception cref="GatewayException">It does not answer.</exception>
    Task<uint?> ReadEpochAsync(CancellationToken cancel);

    /// <summary>Gives a port back.</summary>
    /// <param name="port">Ours.</param>
    /// <param name="external">The gateway's.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="GatewayException">The gateway does not say that it has it back.</exception>
    Task UnmapAsync(MappedPort port, ushort external, CancellationToken cancel);
}
