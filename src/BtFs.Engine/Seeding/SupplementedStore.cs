using BtFs.Engine.Layout;
using BtFs.Engine.Storage;
using BtFs.Engine.Verifying;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.Seeding;

/// <summary>A torrent's cache, and beside it what another client has downloaded of it. Safe from any thread.</summary>
/// <remarks>
/// Nobody's word is taken for those files: a piece counts once it has been hashed. They are gone through from the first piece to the
/// last, while a read of a piece that was not reached yet has it hashed at once. Nothing is ever written to them.
/// </remarks>
internal sealed class SupplementedStore : IRangeStore
{
    private readonly IRangeStore _cache;
    private readonly PieceFiles _files;
    private readonly Action<PieceIndex> _found;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _told;
    private readonly Task _looking;
    private bool _closed;

    private SupplementedStore(TorrentLayout layout, IRangeStore cache, PieceFiles files, Action<PieceIndex> found, ILogger log)
    {
        _cache = cache;
        _files = files;
        _found = found;
        _log = log;
        _told = new byte[layout.PieceCount];
        foreach (var piece in cache.Present)
        {
            _told[piece.Value] = 1;
        }

        Uncertain = [.. Enumerable.Range(0, layout.PieceCount).Select(i => new PieceIndex(i)).Where(piece => _told[piece.Value] == 0 && files.MayHave(piece))];
        _looking = LookAsync(_stop.Token);
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<PieceIndex> Present => _cache.Present;

    /// <inheritdoc/>
    public IReadOnlyCollection<PieceIndex> Uncertain { get; }

    /// <inheritdoc/>
    public long BytesWaiting => _cache.BytesWaiting;

    /// <inheritdoc/>
    public long Capacity => _cache.Capacity;

    /// <inheritdoc/>
    public long Room => _cache.Room;

    /// <summary>Opens the cache, and begins to look through the files.</summary>
    /// <param name="layout">The torrent's arithmetic.</param>
    /// <param name="files">Where its files are, as far as they were found.</param>
    /// <param name="hashOf">The 20 bytes of SHA-1 that the torrent promises for a piece.</param>
    /// <param name="shared">What all stores share.</param>
    /// <param name="news">Told what is found and lost.</param>
    /// <param name="openCache">Opens the cache, given whom to tell of a piece that it loses.</param>
    internal static async Task<SupplementedStore> OpenAsync(
        TorrentLayout layout,
        IReadOnlyList<PlacedFile> files,
        Func<PieceIndex, ReadOnlySpan<byte>> hashOf,
        SharedStorage shared,
        StoreNews news,
        Func<Action<PieceIndex>, Task<IRangeStore>> openCache)
    {
        // What the cache may still have is then taken for lost, and found there again by the next read.
        var pieces = new PieceFiles(layout, files, hashOf, shared.Buffers, news.Lost);
        var cache = await openCache(piece =>
        {
            if (!pieces.IsKnownRight(piece))
            {
                news.Lost(piece);
            }
        });
        return new SupplementedStore(layout, cache, pieces, news.Found, shared.Log);
    }

    /// <inheritdoc/>
    public bool TryRead(PieceSlice slice, ContentSegments into) => _cache.TryRead(slice, into);

    /// <inheritdoc/>
    public async ValueTask<bool> ReadAsync(PieceSlice slice, ContentSegments into, CancellationToken cancel)
    {
        if (await _cache.ReadAsync(slice, into, cancel))
        {
            return true;
        }

        if (!_files.MayHave(slice.Piece) || !await _files.ReadAsync(slice, into, cancel))
        {
            return false;
        }

        Tell(slice.Piece);
        return true;
    }

    /// <inheritdoc/>
    public void Add(VerifiedRange range) => _cache.Add(range);

    /// <inheritdoc/>
    public void NoteRead(PieceIndex piece) => _cache.NoteRead(piece);

    /// <inheritdoc/>
    public void Protect(IReadOnlyList<PieceSpan> live) => _cache.Protect(live);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, true))
        {
            return;
        }

        await _stop.CancelAsync();
        await _looking;
        await _cache.DisposeAsync();
        _stop.Dispose();
    }

    private async Task LookAsync(CancellationToken stop)
    {
        var right = 0;
        try
        {
            foreach (var piece in Uncertain)
            {
                // Whoever opened the store has other things to do than to hash.
                await Task.Yield();
                stop.ThrowIfCancellationRequested();
                if (await _files.IsRightAsync(piece, stop))
                {
                    right++;
                    Tell(piece);
                }
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }

        SeedingLog.LookedThrough(_log, right, _told.Length);
    }

    private void Tell(PieceIndex piece)
    {
        if (Interlocked.Exchange(ref _told[piece.Value], (byte)1) == 0)
        {
            _found(piece);
        }
    }
}
