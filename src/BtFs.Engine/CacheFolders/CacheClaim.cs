using BtFs.Engine.Storage;
using BtFs.Protocol.Metainfo;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.CacheFolders;

/// <summary>The folder that a torrent has got in the cache: its own, or a private one where another process has that.</summary>
/// <param name="Folder">The caller's.</param>
/// <param name="NeighbourPort">Where the process that has the torrent's own folder listens for peers on this machine; 0 when there is none.</param>
internal sealed record CacheClaim(CacheFolder Folder, int NeighbourPort)
{
    /// <summary>Private folders tried.</summary>
    private const int MostPrivate = 64;

    /// <summary>Whoever looks into a folder that is nobody's is done sooner than that, or else is no mere visitor.</summary>
    private static readonly TimeSpan VisitEndsWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>Takes a folder.</summary>
    /// <param name="cacheDirectory">Made if need be.</param>
    /// <param name="torrent">For whom.</param>
    /// <param name="wanted">What is to become of it at the end; what an earlier run wanted kept is kept in any case.</param>
    /// <param name="port">Where this process listens for peers, or 0.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Hears when the folder is another than one would expect.</param>
    /// <exception cref="IOException">The cache cannot be used.</exception>
    internal static async Task<CacheClaim> TakeAsync(
        string cacheDirectory, InfoHash torrent, CacheRetention wanted, int port, TimeProvider time, ILogger log)
    {
        try
        {
            var own = await OpenAsync(cacheDirectory, new CacheFolderName(torrent), port, time);
            Keep(own, wanted, log);
            return new CacheClaim(own, NeighbourPort: 0);
        }
        catch (CacheFolderTakenException taken)
        {
            StorageLog.PrivateFolder(log, wanted == CacheRetention.UntilClosed ? LogLevel.Information : LogLevel.Warning, taken.Message);
            return new CacheClaim(OpenPrivate(cacheDirectory, torrent, port, taken), taken.Owner?.Port ?? 0);
        }
    }

    private static async Task<CacheFolder> OpenAsync(string cacheDirectory, CacheFolderName name, int port, TimeProvider time)
    {
        var since = time.GetTimestamp();
        CacheOwner? seen = null;
        while (true)
        {
            try
            {
                return CacheFolder.Open(cacheDirectory, name, port);
            }
            catch (CacheFolderTakenException e) when ((e.IsVisited || e.Owner != seen) && time.GetElapsedTime(since) < VisitEndsWithin)
            {
                // Looked at twice: a visitor takes the lock of a killed owner first, and takes that one's name out of it next.
                seen = e.Owner;
                await Task.Delay(LookEvery, time, CancellationToken.None);
            }
        }
    }

    private static CacheFolder OpenPrivate(string cacheDirectory, InfoHash torrent, int port, CacheFolderTakenException ownIsTaken)
    {
        for (var number = 2; number < 2 + MostPrivate; number++)
        {
            try
            {
                return CacheFolder.Open(cacheDirectory, new CacheFolderName(torrent, number), port);
            }
            catch (CacheFolderTakenException)
            {
                // A third mount of the torrent.
            }
        }

        throw ownIsTaken;
    }

    private static void Keep(CacheFolder folder, CacheRetention wanted, ILogger log)
    {
        try
        {
            folder.Keep(wanted);
        }
        catch (IOException e)
        {
            StorageLog.NotKept(log, e.Message);
        }
    }
}
