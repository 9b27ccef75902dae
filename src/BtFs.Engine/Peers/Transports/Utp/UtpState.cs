namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>Where a connection stands.</summary>
/// <remarks>
/// <code>
/// Calling ─STATE→ Connected ─Close→ Closing ─FIN acknowledged, or no time left→ Ended
///    └──────Close, RESET, timeouts──────┴───────────────┴────────────────────────↑
/// </code>
/// Who is called begins as Connected: there is nothing before the first data. That the peer has sent its FIN is not part of this.
/// </remarks>
internal enum UtpState
{
    Calling,
    Connected,
    Closing,
    Ended,
}
