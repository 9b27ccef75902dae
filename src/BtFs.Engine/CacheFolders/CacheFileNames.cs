namespace BtFs.Engine.CacheFolders;

/// <summary>The files of a torrent's folder in the cache. Whatever else is in it is not ours.</summary>
internal static class CacheFileNames
{
    /// <summary>The torrent's bytes, each at its offset in the torrent.</summary>
    internal const string Data = "data";

    /// <summary>The journal of what is in <see cref="Data"/>.</summary>
    internal const string Index = "index";

    /// <summary>The info dictionary.</summary>
    internal const string Torrent = "torrent";

    /// <summary>The peers of last time.</summary>
    internal const string Peers = "peers";

    /// <summary>There if the folder is to be kept; says how.</summary>
    internal const string Keep = "keep";

    /// <summary>Locked by whoever has the folder; says who. Its time of modification is when the folder was last used.</summary>
    internal const string Lock = "lock";

    /// <summary>Behind the name of a file that is to take another's place.</summary>
    internal const string NewSuffix = ".new";

    /// <summary>In the order in which they are removed: a folder of which only some are gone is nobody's to keep, and locked to the end.</summary>
    internal static readonly string[] All =
        [Keep, Index, Data, Torrent, Peers, Keep + NewSuffix, Index + NewSuffix, Torrent + NewSuffix, Peers + NewSuffix, Lock];

    /// <summary>The files that one process at most has open, and locked.</summary>
    internal static readonly string[] Locked = [Lock, Data, Index];
}
