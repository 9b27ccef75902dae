namespace BtFs.Engine.WebSeeds;

/// <summary>What a web seed may cost us, and what we may cost it.</summary>
internal static class WebSeedLimits
{
    /// <summary>Connections to one web seed, as libtorrent has it.</summary>
    internal const int Connections = 3;

    /// <summary>Bytes asked for in one request.</summary>
    internal const int MaxRangeBytes = 16 << 20;

    /// <summary>The same, where the server lets us have one connection only: a reader's blocks wait behind it.</summary>
    internal const int MaxRangeBytesAlone = 1 << 20;

    /// <summary>A long range is divided among free connections into parts of no less than this.</summary>
    internal const int LeastShareBytes = 512 * 1024;

    /// <summary>While another request for what nobody waits for is under way, the next is made when it is worth so much, or when…</summary>
    internal const int WorthwhileBytes = 1 << 20;

    /// <summary>…so little is left of the other: the time between two requests costs a round trip.</summary>
    internal const int LowBytes = 256 * 1024;

    /// <summary>Blocks that the scheduler may ask for at a time: the longest range.</summary>
    internal const int MaxRequests = MaxRangeBytes / Layout.TorrentLayout.BlockLength;

    /// <summary>Bytes read at a time; the last block of them may be carried over.</summary>
    internal const int BufferBytes = 256 * 1024;

    /// <summary>What is left of an answer is read on for the sake of its connection only if it is no more than this.</summary>
    internal const int DrainBytes = 128 * 1024;

    /// <summary>A file is read whole, and from its beginning, from a server that gives no ranges if it is no longer than this.</summary>
    internal const int SmallFileBytes = 1 << 20;

    /// <summary>From one block to the next, the connection and the answer's headers included.</summary>
    internal static readonly TimeSpan StallTimeout = TimeSpan.FromSeconds(20);

    /// <summary>How long a connection that nobody uses is kept.</summary>
    internal static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(60);

    /// <summary>How long a connection is used at most: a server may have moved since.</summary>
    internal static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(10);

    /// <summary>How long a server or a file is left alone after it failed; twice as long after each further failure.</summary>
    internal static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(30);

    /// <summary>The longest of these, and the longest that a server can ask for.</summary>
    internal static readonly TimeSpan LongestRest = TimeSpan.FromHours(1);

    /// <summary>The shortest that a server can ask for.</summary>
    internal static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(1);

    /// <summary>How long a server that refused a connection beside another is given fewer.</summary>
    internal static readonly TimeSpan FewerLasts = TimeSpan.FromMinutes(5);

    /// <summary>After so many failures in a row a server is no longer counted on while it rests: readers may give up.</summary>
    internal const int FailuresToDoubt = 3;

    /// <summary>Redirects followed for one request.</summary>
    internal const int MaxRedirects = 5;

    /// <summary>Files whose redirects are remembered.</summary>
    internal const int MaxRemembered = 1024;

    /// <summary>KiB of an answer's headers.</summary>
    internal const int MaxHeaderKilobytes = 32;
}
