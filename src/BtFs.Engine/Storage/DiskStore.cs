using BtFs.Engine.Layout;
using BtFs.Engine.Storage.Limits;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Storage;

/// <summary>Verified ranges of one torrent on the disk, written behind the readers' backs. Safe from any thread.</summary>
/// <remarks>
/// Nothing read back is handed out before its checksum was compared, so it does not matter who changed the file, or when. What
/// the disk cannot take, or does not give back, is simply not here: <c>gone</c> is told, and no read ever fails because of it.
/// </remarks>
internal sealed class DiskStore : IAsyncDisposable
{
    private readonly DiskFiles _files;
    private readonly TorrentLayout _layout;
    private readonly SharedBufferPool _buffers;
    private readonly DiskHealth _health;
    private readonly Action<PieceIndex> _gone;
    private readonly PendingWrites _pending = new();
    private readonly SuspectCheck _suspects;
    private readonly ReadBehind _behind;
    private readonly DiskWriter _writer;
    private readonly CacheShare? _share;

    // Added to by the writer; whoever finds a piece damaged takes it away.
    private readonly PieceChecksums _sums;

    /// <param name="files">Taken over.</param>
    /// <param name="journal">The replayed index of those files.</param>
    /// <param name="torrent">Whose bytes.</param>
    /// <param name="shared">What all stores share.</param>
    /// <param name="gone">Told when a piece that was here may no longer be, on any thread.</param>
    internal DiskStore(DiskFiles files, IndexJournal journal, StoredTorrent torrent, SharedStorage shared, Action<PieceIndex> gone)
    {
        _files = files;
        _layout = torrent.Layout;
        _sums = journal.Claims;
        _buffers = shared.Buffers;
        _health = new DiskHealth(shared.Time, shared.Log);
        _gone = gone;
        _behind = new ReadBehind(files.Data);
        _suspects = new SuspectCheck(files.Data, torrent, _sums, _buffers);
        _writer = new DiskWriter(files, journal, torrent.Layout, shared, _health, _pending, gone);
        _share = _writer.Share;
    }

    /// <summary>Verified bytes on their way to the disk.</summary>
    internal long BytesWaiting => _pending.Bytes;

    /// <summary>When pieces were read; null where nothing is ever evicted.</summary>
    internal PieceUse? Use => _share?.Use;

    /// <summary>Bytes that can be kept here, as things stand: 0 while the disk is in trouble.</summary>
    internal long Capacity => !_health.IsWorthTrying ? 0 : _share?.Capacity ?? long.MaxValue;

    /// <summary>Bytes that can be added before others have to go for them; below 0 when too many are on their way.</summary>
    internal long Room => !_health.IsWorthTrying ? 0 : (_share?.Room ?? long.MaxValue) - BytesWaiting;

    /// <summary>What readers are about to read is not evicted.</summary>
    internal void Protect(IReadOnlyList<PieceSpan> live) => _share?.Protect(live);

    /// <summary>The pieces on the disk now. After a restart they are claimed: each block is checked when it is read.</summary>
    internal IReadOnlyCollection<PieceIndex> Present() =>
        [.. _sums.Pieces()];

    /// <summary>Whether a piece is on the disk, or on its way.</summary>
    internal bool Contains(PieceIndex piece) => _pending.Contains(piece) || _sums.Has(piece);

    /// <summary>Queues a range for writing, with a hold of its own. Never waits; a disk in trouble is spared.</summary>
    internal void Add(VerifiedRange range)
    {
        if (_health.IsWorthTrying && !_sums.Has(range.Where.Piece))
        {
            _pending.TryAdd(range);
        }
    }

    /// <summary>Answers from what is still on its way to the disk, or is on the disk and in the system's page cache.</summary>
    /// <remarks>
    /// Handing a read to another thread costs more than the read, when the page cache has the bytes: a 4 KiB read takes a third of the
    /// processor time this way.
    /// </remarks>
    internal bool TryRead(PieceSlice slice, ContentSegments into)
    {
        if (_pending.TryRead(slice, into))
        {
            return true;
        }

        var life = _sums.BelievedLifeOf(slice.Piece);
        if (life == PieceChecksums.NoLife)
        {
            return false;
        }

        var run = _layout.WholeBlocks(slice);
        var buffer = _buffers.Rent(run.Length);
        if (IsInPageCache(run, buffer.GetSpan()) && IsRight(run, buffer.GetSpan(), life))
        {
            into.Add(buffer, slice.Offset - run.Offset, slice.Length);
            _behind.Note(OffsetOf(run), run.Length, isFromDisk: false);
            return true;
        }

        buffer.Release();
        return false;
    }

    /// <summary>Answers from the disk, or from what is on its way there.</summary>
    internal async ValueTask<bool> ReadAsync(PieceSlice slice, ContentSegments into, CancellationToken cancel)
    {
        if (_pending.TryRead(slice, into))
        {
            return true;
        }

        var life = _sums.LifeOf(slice.Piece);
        if (life == PieceChecksums.NoLife || !await IsBelievedAsync(slice.Piece, life, cancel))
        {
            return false;
        }

        var run = _layout.WholeBlocks(slice);
        var buffer = _buffers.Rent(run.Length);
        try
        {
            if (await ReadRunAsync(run, buffer.Memory, life, cancel) && buffer.TryHold())
            {
                into.Add(buffer, slice.Offset - run.Offset, slice.Length);
                return true;
            }

            return false;
        }
        finally
        {
            buffer.Release();
        }
    }

    /// <summary>Writes what is queued if it is to be kept, brings it safely to the disk, and closes the files.</summary>
    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    /// <summary>Whether the checksums of a piece are enough. Where they are not, its hash is compared first.</summary>
    private async ValueTask<bool> IsBelievedAsync(PieceIndex piece, ushort life, CancellationToken cancel)
    {
        if (_sums.BelievedLifeOf(piece) == life)
        {
            return true;
        }

        try
        {
            switch (await _suspects.PassesAsync(piece, life, cancel))
            {
                case true:
                    _pending.AddBelieved(piece);
                    return true;
                case false:
                    ForgetDamaged(piece, life);
                    return false;
                default:
                    return true;
            }
        }
        catch (IOException e)
        {
            _health.OnReadFailed(e);
            Forget(piece, life);
            return false;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private async ValueTask<bool> ReadRunAsync(PieceSlice run, Memory<byte> bytes, ushort life, CancellationToken cancel)
    {
        try
        {
            var read = await _files.Data.ReadAsync(bytes, OffsetOf(run), cancel);
            _behind.Note(OffsetOf(run), read, isFromDisk: true);
            return IsRight(run, bytes.Span[..read], life);
        }
        catch (IOException e)
        {
            _health.OnReadFailed(e);
            Forget(run.Piece, life);
            return false;
        }
        catch (ObjectDisposedException)
        {
            // The torrent is closing, which is no fault of the piece.
            return false;
        }
    }

    private bool IsInPageCache(PieceSlice run, Span<byte> bytes)
    {
        try
        {
            return _files.Data.ReadNow(bytes, OffsetOf(run)) == run.Length;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Whether these are the bytes that were written; otherwise the piece is no longer here.</summary>
    private bool IsRight(PieceSlice run, ReadOnlySpan<byte> bytes, ushort life)
    {
        if (bytes.Length == run.Length && BlockChecksums.Match(_layout, run, bytes, _sums.SumsOf(run.Piece)))
        {
            return true;
        }

        ForgetDamaged(run.Piece, life);
        return false;
    }

    private long OffsetOf(PieceSlice run) => _layout.StartOf(run.Piece) + run.Offset;

    private void ForgetDamaged(PieceIndex piece, ushort life)
    {
        if (Forget(piece, life))
        {
            _health.OnDamageFound();
        }
    }

    private bool Forget(PieceIndex piece, ushort life)
    {
        // Another reader may have found the damage first, and the piece may be back by now.
        if (!_sums.TryEnd(piece, life))
        {
            return false;
        }

        _pending.AddGone(piece);
        _gone(piece);
        return true;
    }
}
