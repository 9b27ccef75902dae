namespace BtFs.Engine.Reports;

/// <summary>How far a torrent is.</summary>
public enum TorrentState
{
    /// <summary>Its info dictionary is not known yet.</summary>
    Resolving,

    /// <summary>Something is not here.</summary>
    Incomplete,

    /// <summary>All of it is here.</summary>
    Complete,
}
