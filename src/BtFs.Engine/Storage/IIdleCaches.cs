namespace BtFs.Engine.Storage;

/// <summary>What torrents that nobody has open at the moment left in the cache directory. Safe from any thread.</summary>
internal interface IIdleCaches
{
    /// <summary>Bytes that they take on the disk, rounded up to its blocks.</summary>
    long BytesOnDisk();

    /// <summary>Makes room: the longest unused torrent first, piece by piece, and never one that is pinned.</summary>
    /// <param name="bytes">Bytes wanted.</param>
    /// <returns>Bytes freed, as far as the disk tells; fewer than wanted when there is no more to take.</returns>
    long Free(long bytes);
}
