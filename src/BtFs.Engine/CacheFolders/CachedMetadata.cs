using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.CacheFolders;

/// <summary>The info dictionary beside a torrent's cached bytes: with it, a magnet link of what is here needs nobody.</summary>
internal static class CachedMetadata
{
    /// <summary>The info dictionary that a torrent's folder has, whoever has that at the moment; null when there is none with the right hash.</summary>
    internal static InfoDictionary? Find(string cacheDirectory, InfoHash torrent)
    {
        using var folder = OpenFolder.TryOpen(cacheDirectory, new CacheFolderName(torrent));
        return folder is null ? null : Read(folder, torrent);
    }

    /// <inheritdoc cref="Find"/>
    internal static InfoDictionary? Read(OpenFolder folder, InfoHash torrent)
    {
        try
        {
            return folder.ReadWhole(CacheFileNames.Torrent, MetainfoLimits.MaxInfoBytes) is { } bytes && InfoHash.OfInfo(bytes) == torrent
                ? InfoDictionary.Parse(bytes)
                : null;
        }
        catch (MetainfoException)
        {
            // Whoever sends it next brings the same, and says so to the user.
            return null;
        }
    }
}
