namespace BtFs.Protocol.Trackers;

/// <summary>Why an announce is made. The numbers are those of BEP 15.</summary>
public enum AnnounceEvent
{
    /// <summary>The interval is over.</summary>
    None = 0,

    /// <summary>The last missing byte came, in this session.</summary>
    Completed = 1,

    /// <summary>The first announce of a session.</summary>
    Started = 2,

    /// <summary>The last one.</summary>
    Stopped = 3,
}
