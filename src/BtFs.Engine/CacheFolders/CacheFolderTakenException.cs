namespace BtFs.Engine.CacheFolders;

/// <summary>A torrent's folder in the cache cannot be ours now, because of who or what is there. Another folder might do.</summary>
/// <param name="message">For people.</param>
/// <param name="owner">Who has it, if that is a process that says so.</param>
/// <param name="isVisited">Whether it may be free in a moment: somebody looks into it, or has not yet said who he is.</param>
internal sealed class CacheFolderTakenException(string message, CacheOwner? owner = null, bool isVisited = false) : IOException(message)
{
    internal CacheOwner? Owner { get; } = owner;

    internal bool IsVisited { get; } = isVisited;
}
