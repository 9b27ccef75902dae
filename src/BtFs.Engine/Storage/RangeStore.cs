using System.Collections;
using BtFs.Engine.CacheFolders;
using BtFs.Engine.Layout;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Storage;

/// <summary>The verified ranges of one torrent: the block cache, what is on its way to the disk, and the disk, in that order.</summary>
internal sealed class RangeStore : IRangeStore
{
    private readonly TorrentLayout _layout;
    private readonly BlockCache _memory;
    private readonly DiskStore? _disk;
    private readonly Action<PieceIndex> _lost;
    private readonly RangeKey?[] _keys;
    private readonly Action<PieceIndex> _loseIfGone;

    // Guards _here, and with it the order of what is told about a piece. Never held across I/O.
    private readonly Lock _gate = new();
    private readonly BitArray _here;
    private bool _closed;

    private RangeStore(TorrentLayout layout, SharedStorage shared, (DiskFiles Files, IndexJournal Journal)? disk, Action<PieceIndex> lost)
    {
        _layout = layout;
        _memory = shared.Memory;
        _lost = lost;
        _loseIfGone = LoseIfGone;
        _keys = new RangeKey?[layout.PieceCount];
        _here = new BitArray(layout.PieceCount);
        _disk = disk is var (files, journal) ? new DiskStore(files, journal, layout, shared, _loseIfGone) : null;
        Present = _disk?.Present() ?? [];
        foreach (var piece in Present)
        {
            _here[piece.Value] = true;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<PieceIndex> Present { get; }

    /// <inheritdoc/>
    public long BytesWaiting => _disk?.BytesWaiting ?? 0;

    /// <summary>Opens the store of a torrent whose layout is known. Where the disk fails, memory alone must do.</summary>
    /// <param name="folder">Its cache folder; taken over.</param>
    /// <param name="keep">Whether the bytes are for a later run.</param>
    /// <param name="torrent">Whose bytes.</param>
    /// <param name="layout">The torrent's arithmetic.</param>
    /// <param name="shared">What all stores share.</param>
    /// <param name="lost">Told, on any thread, when a piece is no longer here; must only post.</param>
    internal static async Task<RangeStore> OpenAsync(
        CacheFolder folder, bool keep, InfoHash torrent, TorrentLayout layout, SharedStorage shared, Action<PieceIndex> lost)
    {
        DiskFiles? files = null;
        try
        {
            files = DiskFiles.In(folder, keep);
            return await OpenAsync(files, torrent, layout, shared, lost);
        }
        catch (IOException e)
        {
            StorageLog.NotUsed(shared.Log, e.Message);
            if (files is null)
            {
                folder.Dispose();
            }

            files?.Dispose();
            return InMemory(layout, shared, lost);
        }
    }

    /// <summary>Opens a store upon given files.</summary>
    /// <exception cref="IOException">The index cannot be read; the files stay the caller's.</exception>
    internal static async Task<RangeStore> OpenAsync(
        DiskFiles files, InfoHash torrent, TorrentLayout layout, SharedStorage shared, Action<PieceIndex> lost)
    {
        var journal = await IndexJournal.OpenAsync(files.Index, torrent, layout);
        return new RangeStore(layout, shared, (files, journal), lost);
    }

    /// <summary>A store without a disk: what the block cache evicts is lost.</summary>
    internal static RangeStore InMemory(TorrentLayout layout, SharedStorage shared, Action<PieceIndex> lost) =>
        new(layout, shared, disk: null, lost);

    /// <inheritdoc/>
    public bool TryRead(PieceSlice slice, ContentSegments into)
    {
        var key = Volatile.Read(ref _keys[slice.Piece.Value]);
        return (key is not null && _memory.TryRead(key, slice, into)) || (_disk?.TryRead(slice, into) ?? false);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ReadAsync(PieceSlice slice, ContentSegments into, CancellationToken cancel)
    {
        if (TryRead(slice, into) || (_disk is not null && await _disk.ReadAsync(slice, into, cancel)))
        {
            return true;
        }

        // The cache tells of an eviction only some time after; a reader that comes in between must not find the loop ignorant.
        LoseIfGone(slice.Piece);
        return false;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The range is not a whole piece.</exception>
    public void Add(VerifiedRange range)
    {
        var piece = range.Where.Piece;
        if (range.Where != _layout.Whole(piece))
        {
            throw new ArgumentException($"Only whole pieces are kept, and {range.Where} is none.", nameof(range));
        }

        lock (_gate)
        {
            if (_closed)
            {
                range.Bytes.Release();
                return;
            }

            _disk?.Add(range);
            _memory.Add(KeyOf(piece), range);
            _here[piece.Value] = true;
        }
    }

    /// <summary>Writes what is to be kept, and lets go of the rest. Nothing is told to be lost from here on.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
        }

        foreach (var key in _keys)
        {
            if (key is not null)
            {
                _memory.Remove(key);
            }
        }

        if (_disk is not null)
        {
            await _disk.DisposeAsync();
        }
    }

    private RangeKey KeyOf(PieceIndex piece)
    {
        if (_keys[piece.Value] is not { } key)
        {
            key = new RangeKey(piece, _loseIfGone);
            Volatile.Write(ref _keys[piece.Value], key);
        }

        return key;
    }

    private void LoseIfGone(PieceIndex piece)
    {
        lock (_gate)
        {
            if (_closed || !_here[piece.Value])
            {
                return;
            }

            var inMemory = _keys[piece.Value] is { } key && _memory.Contains(key);
            if (!inMemory && !(_disk?.Contains(piece) ?? false))
            {
                _here[piece.Value] = false;
                _lost(piece);
            }
        }
    }
}
