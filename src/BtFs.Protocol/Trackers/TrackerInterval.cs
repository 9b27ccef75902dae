namespace BtFs.Protocol.Trackers;

/// <summary>Limits of what a tracker may ask for between two announces.</summary>
public static class TrackerInterval
{
    /// <summary>60 s: a tracker that asks for less would have us flood it.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(60);

    /// <summary>24 h: one that asks for more would have us forget it.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>30 minutes, the usual interval, for one that does not say.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromMinutes(30);

    /// <summary>A tracker's number of seconds, brought within the limits.</summary>
    public static TimeSpan FromSeconds(long seconds) =>
        TimeSpan.FromSeconds(Math.Clamp(seconds, (long)Shortest.TotalSeconds, (long)Longest.TotalSeconds));
}
