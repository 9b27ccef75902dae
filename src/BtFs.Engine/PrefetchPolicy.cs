namespace BtFs.Engine;

/// <summary>What is fetched that no reader has asked for, while nothing that a reader waits for needs the line.</summary>
public enum PrefetchPolicy
{
    /// <summary>Nothing: only what is read, and what read-ahead expects to be read next.</summary>
    None,

    /// <summary>The rest of every file that is open.</summary>
    File,

    /// <summary>The whole torrent.</summary>
    All,
}
