using BtFs.Protocol.Metainfo;

namespace BtFs.Engine;

/// <summary>What the cache directory holds of one torrent, at one moment.</summary>
/// <param name="InfoHash">Which torrent.</param>
/// <param name="Folder">Its folder's name in the cache directory. A torrent may have a second one, private to a mount.</param>
/// <param name="Name">The torrent's name, raw bytes; null while it is not known.</param>
/// <param name="BytesOnDisk">What the folder takes on the disk.</param>
/// <param name="BytesPresent">Bytes of the torrent that are there.</param>
/// <param name="Length">Bytes of the whole torrent; null while they are not known.</param>
/// <param name="Retention">What is to become of it.</param>
/// <param name="IsInUse">Whether a process has it mounted.</param>
/// <param name="Process">That process, if it says so.</param>
/// <param name="LastUsed">When it was last used.</param>
public sealed record CachedTorrent(
    InfoHash InfoHash,
    string Folder,
    ReadOnlyMemory<byte>? Name,
    long BytesOnDisk,
    long BytesPresent,
    long? Length,
    CacheRetention Retention,
    bool IsInUse,
    int? Process,
    DateTimeOffset LastUsed);
