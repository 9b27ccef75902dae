namespace BtFs.Engine.LocalDiscovery;

/// <summary>What local discovery may cost us and the local network, and how long things take.</summary>
internal static class LocalDiscoveryLimits
{
    /// <summary>Between two announces of one torrent (BEP 14).</summary>
    internal static readonly TimeSpan AnnounceEvery = TimeSpan.FromMinutes(5);

    /// <summary>Between any two announces, whatever happens (BEP 14).</summary>
    internal static readonly TimeSpan LeastGap = TimeSpan.FromMinutes(1);

    /// <summary>Within which a newcomer is answered, where <see cref="LeastGap"/> allows: not all at once.</summary>
    internal static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(2);

    /// <summary>How often we look which networks there are: a cable that was just plugged in takes a second or two.</summary>
    internal static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <summary>Datagrams of neighbours that are read in a second.</summary>
    internal const int DatagramsPerSecond = 10;

    /// <summary>Datagrams that may wait for the loop.</summary>
    internal const int WaitingDatagrams = 64;

    /// <summary>Neighbours remembered, each once for a torrent.</summary>
    internal const int Neighbours = 256;
}
