namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>What a uTP connection may cost us, and how long it may take. Times are in microseconds, as everything in this folder.</summary>
internal static class UtpLimits
{
    internal const long Millisecond = 1_000;
    internal const long Second = 1_000 * Millisecond;

    /// <summary>Bytes that a connection keeps for its reader at most, in order or not: what it advertises when nothing waits.</summary>
    internal const int ReceiveWindow = 1024 * 1024;

    /// <summary>Packets beyond the first missing one that are kept; as many as the window holds of the usual size.</summary>
    internal const int EarlyPackets = 1024;

    /// <summary>Bytes of the largest selective ack that we send: a bit for each of <see cref="EarlyPackets"/>.</summary>
    internal const int MaskBytes = EarlyPackets / 8;

    /// <summary>Packets that were sent and are not acknowledged, at most.</summary>
    internal const int PacketsInFlight = 2048;

    /// <summary>Bytes that may wait unsent: little, so that a message of ours is soon on the wire behind them.</summary>
    internal const int UnsentBytes = 32 * 1024;

    /// <summary>UDP payload of a full packet. With all headers 1,448 bytes in IPv6: less than the lines of PPPoE and most tunnels carry.</summary>
    internal const int DatagramBytes = 1_400;

    /// <summary>The same after large packets were lost again and again: 576 bytes of IPv4 come through everywhere (RFC 1122).</summary>
    internal const int SmallDatagramBytes = 548;

    /// <summary>Payload of the packet that looks whether a window that was closed is open again.</summary>
    internal const int ProbeBytes = 150;

    /// <summary>First patience with a SYN, doubled each time.</summary>
    internal const long SynTimeout = 750 * Millisecond;

    /// <summary>How often a SYN is sent again.</summary>
    internal const int SynResends = 2;

    /// <summary>Timeouts in a row, without a word from the peer in between, after which a connection is dead: half a minute at least.</summary>
    internal const int Timeouts = 6;

    /// <summary>Timeouts in a row after which packets are made small.</summary>
    internal const int TimeoutsToShrink = 2;

    /// <summary>BEP 29's smallest patience with an acknowledgement, and its first.</summary>
    internal const long MinTimeout = 500 * Millisecond;
    internal const long FirstTimeout = 1_000 * Millisecond;

    /// <summary>The longest.</summary>
    internal const long MaxTimeout = 16 * Second;

    /// <summary>How long an acknowledgement of a single packet waits for company.</summary>
    internal const long AckDelay = 40 * Millisecond;

    /// <summary>Packets that are acknowledged at once.</summary>
    internal const int PacketsPerAck = 2;

    /// <summary>Transmissions acknowledged after a packet's own by which it counts as lost; and duplicate acks that say the same (BEP 29).</summary>
    internal const int Reordering = 3;

    /// <summary>When the system took no packet, it is asked again after so long.</summary>
    internal const long BlockedPause = 2 * Millisecond;

    /// <summary>Having sent nothing for so long, we send an acknowledgement: home routers forget UDP after 30 s.</summary>
    internal const long KeepAlive = 25 * Second;

    /// <summary>How long a connection that was closed here tries to bring over its last bytes.</summary>
    internal const long Linger = 3 * Second;
}
