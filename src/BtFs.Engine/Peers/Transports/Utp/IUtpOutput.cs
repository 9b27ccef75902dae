namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>Where the packets of one connection go out.</summary>
internal interface IUtpOutput
{
    /// <summary>Sends a packet, or loses it. Never waits and never fails.</summary>
    /// <returns>False when there is no room just now: to be tried again soon.</returns>
    bool TrySend(ReadOnlySpan<byte> datagram);
}
