namespace BtFs.Engine.Reports;

/// <summary>What came of the announces to a tracker.</summary>
public enum TrackerState
{
    /// <summary>There was no answer yet.</summary>
    Waiting,

    /// <summary>The last answer was a good one.</summary>
    Works,

    /// <summary>The last announce failed.</summary>
    Fails,
}
