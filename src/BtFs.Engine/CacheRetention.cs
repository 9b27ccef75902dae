namespace BtFs.Engine;

/// <summary>What becomes of a torrent's cached bytes when it is closed. Each value keeps more than the one before.</summary>
public enum CacheRetention
{
    /// <summary>They are removed.</summary>
    UntilClosed,

    /// <summary>They stay, as long as their room is not needed for others.</summary>
    Evictable,

    /// <summary>They stay until the user removes them.</summary>
    Pinned,
}
