namespace BtFs.Engine.WebSeeds;

/// <summary>What a failure of a web seed concerns.</summary>
internal enum WebSeedScope
{
    /// <summary>One connection: where it has brought something, the next may go on from there.</summary>
    Connection,

    /// <summary>The server, for now.</summary>
    Server,

    /// <summary>One file on it, for now.</summary>
    File,

    /// <summary>One file on it, for good.</summary>
    FileForGood,
}
