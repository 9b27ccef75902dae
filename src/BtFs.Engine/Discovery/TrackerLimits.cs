namespace BtFs.Engine.Discovery;

/// <summary>What trackers may cost.</summary>
internal static class TrackerLimits
{
    /// <summary>Tracker URLs used of one torrent.</summary>
    public const int MaxTrackers = 64;

    /// <summary>Tiers used of one torrent.</summary>
    public const int MaxTiers = 8;

    /// <summary>Announces under way at once, for one torrent.</summary>
    public const int MaxConcurrent = 16;

    /// <summary>The same, at one host: nobody is to be flooded because a torrent names it under 64 URLs.</summary>
    public const int MaxConcurrentOfHost = 2;

    /// <summary>An announce that has not been answered for so long no longer counts for these two.</summary>
    public static readonly TimeSpan PlaceLife = TimeSpan.FromSeconds(1);

    /// <summary>How long one announce may take, all retries together.</summary>
    public static readonly TimeSpan AnnounceTimeout = TimeSpan.FromSeconds(60);

    /// <summary>How long the end of a session waits for trackers to be told.</summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(3);

    /// <summary>An HTTP announce: 1 MiB on the wire and inflated, 3 redirects, 30 s.</summary>
    public static readonly HttpFetchLimits Http = new()
    {
        MaxBytes = 1024 * 1024,
        MaxRedirects = 3,
        Total = TimeSpan.FromSeconds(30),
        IsStrangers = true,
    };
}
