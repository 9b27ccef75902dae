using System.Collections;
using BtFs.Engine.CacheFolders;
using BtFs.Engine.Layout;
using BtFs.Engine.Storage.Limits;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Storage;

/// <summary>The verified ranges of one torrent: the block cache, what is on its way to the disk, and the disk, in that order.</summary>
internal sealed class RangeStore : IRangeStore
{
    private readonly TorrentLayout _layout;
    private readonly BlockCache _memory;
    private readonly DiskStore? _disk;
    private readonly PieceUse? _use;
    private readonly Action<PieceIndex> _lost;
    private readonly RangeKey?[] _keys;
    private readonly Action<PieceIndex> _loseIfGone;

    // Guards _here, and with it the order of what is told about a piece. Never held across I/O.
    private readonly Lock _gate = new();
    private readonly BitArray _here;
    private bool _closed;

    private RangeStore(TorrentLayout layout, SharedStorage shared, Func<Action<PieceIndex>, DiskStore>? disk, Action<PieceIndex> lost)
    {
        _layout = layout;
        _memory = shared.Memory;
        _lost = lost;
        _loseIfGone = LoseIfGone;
        _keys = new RangeKey?[layout.PieceCount];
        _here = new BitArray(layout.PieceCount);
        _disk = disk?.Invoke(_loseIfGone);
        _use = _disk?.Use;
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

    /// <inheritdoc/>
    public long Capacity => Math.Max(_disk?.Capacity ?? 0, _memory.Limit);

    /// <inheritdoc/>
    /// <remarks>Without a disk: up to three quarters of the memory, because what is evicted at once is an eighth of it.</remarks>
    public long Room => _disk is { Capacity: > 0 } ? _disk.Room : (_memory.Limit / 4 * 3) - _memory.Bytes;

    /// <summary>Opens the store of a torrent whose layout is known. Where the disk fails, memory alone must do.</summary>
    /// <param name="folder">Its cache folder; taken over.</param>
    /// <param name="keep">Whether the bytes are for a later run.</param>
    /// <param name="torrent">Whose bytes.</param>
    /// <param name="shared">What all stores share.</param>
    /// <param name="lost">Told, on any thread, when a piece is no longer here; must only post.</param>
    internal static async Task<RangeStore> OpenAsync(
        IStoredFolder folder, bool keep, StoredTorrent torrent, SharedStorage shared, Action<PieceIndex> lost)
    {
        DiskFiles? files = null;
        try
        {
            files = DiskFiles.In(folder, keep);
            return await OpenAsync(files, torrent, shared, lost);
        }
        catch (IOException e)
        {
            StorageLog.NotUsed(shared.Log, e.Message);
            if (files is null)
            {
                folder.Dispose();
            }

            files?.Dispose();
            return InMemory(torrent.Layout, shared, lost);
        }
    }

    /// <summary>Opens a store upon given files.</summary>
    /// <exception cref="IOException">The index cannot be read; the files stay the caller's.</exception>
    internal static async Task<RangeStore> OpenAsync(
        DiskFiles files, StoredTorrent torrent, SharedStorage shared, Action<PieceIndex> lost)
    {
        var journal = await IndexJournal.OpenAsync(files, torrent.InfoHash, torrent.Layout, shared.Boot, shared.IndexSlack);
        return new RangeStore(torrent.Layout, shared, gone => new DiskStore(files, journal, torrent, shared, gone), lost);
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

    /// <inheritdoc/>
    public void NoteRead(PieceIndex piece) => _use?.Read(piece);

    /// <inheritdoc/>
    public void Protect(IReadOnlyList<PieceSpan> live) => _disk?.Protect(live);

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
            if (_closed || (_keys[piece.Value] is { } key && _memory.Contains(key)))
            {
                return;
            }

            // Of two million pieces, the keys of those that were read once would be most of what the program takes.
            _keys[piece.Value] = null;
            if (_here[piece.Value] && !(_disk?.Contains(piece) ?? false))
            {
                _here[piece.Value] = false;
                _lost(piece);
            }
        }
    }
}
