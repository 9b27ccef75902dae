namespace BtFs.Engine.Dht;

/// <summary>What the DHT may cost us and others, and how long things take.</summary>
internal static class DhtLimits
{
    /// <summary>Nodes in an answer, replicas of an announce, and places in a bucket: the "k" of BEP 5.</summary>
    internal const int Nearest = 8;

    /// <summary>Bytes a second that are sent in the long run, queries and answers together; as many may go at once.</summary>
    internal const int SendRate = 8_000;

    /// <summary>Of that, what answers to strangers leave for our own queries.</summary>
    internal const int SendReserve = SendRate / 2;

    /// <summary>An answer to a stranger is at most so many times as long as the question: the address may be forged, and its owner the victim.</summary>
    internal const int Amplification = 4;

    /// <summary>Packets that one network may send us in <see cref="CallerWindow"/>; more, and it is not heard for <see cref="CallerBlock"/>.</summary>
    internal const int CallerPackets = 100;

    internal static readonly TimeSpan CallerWindow = TimeSpan.FromSeconds(10);
    internal static readonly TimeSpan CallerBlock = TimeSpan.FromSeconds(300);

    /// <summary>Networks that are counted at a time.</summary>
    internal const int CallerSlots = 1_024;

    /// <summary>Queries that may be unanswered at a time.</summary>
    internal const int Outstanding = 64;

    /// <summary>The same, for one lookup; what is late no longer counts.</summary>
    internal const int Branches = 8;

    /// <summary>Queries of one lookup altogether.</summary>
    internal const int LookupQueries = 160;

    /// <summary>A query that was not answered for so long no longer holds up its lookup.</summary>
    internal static readonly TimeSpan LateAfter = TimeSpan.FromSeconds(2);

    /// <summary>A query that was not answered for so long has failed.</summary>
    internal static readonly TimeSpan FailedAfter = TimeSpan.FromSeconds(10);

    /// <summary>A node from which nothing was heard for so long is asked whether it is still there (BEP 5).</summary>
    internal static readonly TimeSpan QuestionableAfter = TimeSpan.FromMinutes(15);

    /// <summary>Torrents whose peers are kept for others.</summary>
    internal const int Torrents = 1_000;

    /// <summary>Peers kept of one torrent.</summary>
    internal const int PeersOfTorrent = 200;

    /// <summary>Peers in one answer.</summary>
    internal const int PeersInReply = 50;

    internal static readonly TimeSpan PeerLife = TimeSpan.FromMinutes(30);

    /// <summary>Values of BEP 44 kept for others, at most 1,000 bytes each.</summary>
    internal const int Items = 1_000;

    internal const int ItemBytes = 1_000;
    internal static readonly TimeSpan ItemLife = TimeSpan.FromHours(2);

    /// <summary>Infohashes in one sample (BEP 51), and how long a sample stays the same.</summary>
    internal const int Samples = 20;

    internal static readonly TimeSpan SampleLife = TimeSpan.FromMinutes(5);

    /// <summary>How long a new secret makes tokens; those of the one before are good for as long again.</summary>
    internal static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(5);

    /// <summary>Packets that may wait for the loop; what comes above is dropped.</summary>
    internal const int WaitingPackets = 512;

    /// <summary>Nodes written down for the next start.</summary>
    internal const int SavedNodes = 200;
}
