using System.Net;
using BtFs.Engine.CacheFolders;
using BtFs.Engine.Layout;
using BtFs.Engine.Seeding;
using BtFs.Engine.Storage;
using BtFs.Engine.Storage.Limits;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine;

/// <summary>Opens the stores of the torrents of one process: the cache directory with its limit, or memory, or the user's own files.</summary>
/// <param name="options">Where, how much, and what becomes of it.</param>
/// <param name="shared">What all stores share.</param>
/// <param name="listenPort">Where other mounts of a torrent find this one, or 0.</param>
internal sealed class TorrentStores(EngineOptions options, SharedStorage shared, int listenPort) : IAsyncDisposable
{
    private readonly Lock _opening = new();
    private CacheBudget? _budget;
    private Task? _sweeping;

    /// <summary>What is kept on the disk and how much may be; null where nothing is. Any thread may ask.</summary>
    internal CacheBudget? Budget => Volatile.Read(ref _budget);

    /// <summary>What the cache remembers of a torrent that is not known yet.</summary>
    internal InfoDictionary? FindInfo(InfoHash torrent) =>
        options.CacheDirectory is { } directory ? CachedMetadata.Find(directory, torrent) : null;

    /// <summary>The cache of a torrent, and what lies beside it.</summary>
    /// <inheritdoc cref="OpenStore"/>
    /// <param name="source">The torrent.</param>
    internal async Task<OpenedStore> OpenAsync(TorrentSource source, InfoDictionary info, TorrentLayout layout, StoreNews news)
    {
        if (source.LookIn is not { } path)
        {
            return await OpenCacheAsync(source.InfoHash, info, layout, news.Lost);
        }

        var files = FoundFiles.Below(path, info);
        if (!files.Any(file => file.Path is not null))
        {
            SeedingLog.NothingThere(shared.Log, path);
            return await OpenCacheAsync(source.InfoHash, info, layout, news.Lost);
        }

        OpenedStore? opened = null;
        var store = await SupplementedStore.OpenAsync(layout, files, piece => info.PieceHash(piece.Value), shared, news, async lost =>
        {
            opened = await OpenCacheAsync(source.InfoHash, info, layout, lost);
            return opened.Store;
        });
        return new OpenedStore(store, opened?.Neighbour, opened?.Peers);
    }

    /// <summary>A complete torrent in the files that it was made from.</summary>
    /// <inheritdoc cref="OpenStore"/>
    /// <param name="paths">Where each file is, by the torrent's numbering; null for a pad file.</param>
    internal Task<OpenedStore> OpenFilesAsync(IReadOnlyList<string?> paths, InfoDictionary info, TorrentLayout layout, StoreNews news) =>
        Task.FromResult(new OpenedStore(new FileRangeStore(layout, paths, piece => info.PieceHash(piece.Value), shared, news.Lost)));

    /// <summary>To be called once every store is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_sweeping is not null)
        {
            await _sweeping;
        }

        if (_budget is not null)
        {
            await _budget.DisposeAsync();
        }
    }

    private async Task<OpenedStore> OpenCacheAsync(InfoHash torrent, InfoDictionary info, TorrentLayout layout, Action<PieceIndex> lost)
    {
        if (options.CacheDirectory is not { } directory)
        {
            return new OpenedStore(RangeStore.InMemory(layout, shared, lost));
        }

        var (folder, neighbourPort) = await CacheClaim.TakeAsync(directory, torrent, options.Retention, listenPort, shared.Time, shared.Log);
        try
        {
            folder.KeepMetadata(info);
        }
        catch (IOException e)
        {
            StorageLog.MetadataNotKept(shared.Log, e.Message);
        }

        var isKept = folder.Retention != CacheRetention.UntilClosed;
        var stored = new StoredTorrent(torrent, layout, piece => info.PieceHash(piece.Value));
        var store = await RangeStore.OpenAsync(folder, isKept, stored, Within(folder, directory), lost);
        return new OpenedStore(store, neighbourPort == 0 ? null : new IPEndPoint(IPAddress.Loopback, neighbourPort), new CachedPeers(folder));
    }

    /// <summary>What stores share, with the budget of the directory: opened with the first torrent that needs it, so that who only seeds leaves nothing there.</summary>
    private SharedStorage Within(CacheFolder folder, string directory)
    {
        try
        {
            lock (_opening)
            {
                var idle = new IdleCaches(directory, shared.Log);
                _sweeping ??= Sweep(idle);
                _budget ??= CacheBudget.Open(options, directory, idle, shared.Time, shared.Log);
            }

            return shared with { Budget = _budget };
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Removes what killed mounts left in the cache. On a thread of its own: a large file takes its time.</summary>
    private static Task Sweep(IdleCaches idle) =>
        Task.Factory.StartNew(idle.RemoveLeftovers, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
