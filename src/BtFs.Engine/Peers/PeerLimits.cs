namespace BtFs.Engine.Peers;

/// <summary>What a peer may cost us, and how long it may take.</summary>
internal static class PeerLimits
{
    /// <summary>Ids of ours that are remembered: as many changes of address may lie between a dial and its arrival.</summary>
    internal const int OwnIds = 8;

    /// <summary>From dialling to a TCP connection.</summary>
    internal static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>From a TCP connection to a whole handshake, however it drips in.</summary>
    internal static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A peer from which no byte came, or which took none of ours, for so long is gone.</summary>
    internal static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(120);

    /// <summary>Having sent nothing for so long, we send a keep-alive: BEP 3 expects one within two minutes.</summary>
    internal static readonly TimeSpan KeepAliveAfter = TimeSpan.FromSeconds(100);

    /// <summary>How long a block may still arrive after a choke that revoked its request (peers without BEP 6).</summary>
    internal static readonly TimeSpan LateBlockGrace = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of messages, blocks not counted, that may wait for a peer that does not read them.</summary>
    internal const int QueuedMessageBytes = 256 * 1024;

    /// <summary>Bytes of blocks at which a wire that held more says that it has room: enough to send while the loop finds the next ones.</summary>
    internal const int DrainedBlockBytes = 128 * 1024;

    /// <summary>Messages a second that one peer may make the torrent handle in the long run; blocks we asked for are not counted.</summary>
    internal const int MessageRate = 4_000;

    /// <summary>Messages that may come at once before <see cref="MessageRate"/> holds: a bitfield told as single HAVEs.</summary>
    internal const int MessageBurst = 20_000;

    /// <summary>Connections of one torrent.</summary>
    internal const int Sessions = 80;

    /// <summary>
    /// Connections of one torrent with one IPv4 address or one IPv6 /64, this machine left out: several people may share an address,
    /// but nobody is to take all places by calling under many names.
    /// </summary>
    internal const int SessionsPerAddress = 4;

    /// <summary>Dials under way of the whole process: what a home router has room for.</summary>
    internal const int HalfOpen = 200;

    /// <summary>Dials of one torrent under way while nobody waits, or while enough peers serve us.</summary>
    internal const int DialsAtOnce = 30;

    /// <summary>Dials that are given <see cref="ConnectTimeout"/> even though more addresses wait than there are places.</summary>
    internal const int PatientDials = 32;

    /// <summary>Dials under way up to which those that were cut short are made again with patience: the rest is for addresses yet to be tried.</summary>
    internal const int PatientRetries = 100;

    /// <summary>A dial that was not answered for so long gives way to others: few places on Earth are further away than 300 ms.</summary>
    internal static readonly TimeSpan DialHope = TimeSpan.FromMilliseconds(300);

    /// <summary>Dials started a second in the long run: 3,000 in the two minutes that a router remembers each.</summary>
    internal const int DialRate = 25;

    /// <summary>Dials started at once after a pause, when a reader waits for the first peer.</summary>
    internal const int DialBurst = 500;

    /// <summary>What of <see cref="DialBurst"/> is kept for readers who wait.</summary>
    internal const int DialReserve = 470;

    /// <summary>Callers that have not finished their handshake.</summary>
    internal const int PendingHandshakes = 64;

    /// <summary>The same, for one IPv4 address or one IPv6 /64.</summary>
    internal const int PendingHandshakesPerAddress = 4;
}
