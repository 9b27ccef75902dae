using System.Runtime.CompilerServices;
using BtFs.Engine.Layout;
using BtFs.Engine.Storage.Limits;
using BtFs.Engine.Verifying;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.Storage;

/// <summary>Verified ranges of one torrent on the disk, written behind the readers' backs. Safe from any thread.</summary>
/// <remarks>
/// Nothing read back is handed out before its checksum was compared, so it does not matter who changed the file, or when. What
/// the disk cannot take, or does not give back, is simply not here: <c>gone</c> is told, and no read ever fails because of it.
/// </remarks>
internal sealed class DiskStore : IAsyncDisposable
{
    /// <summary>Bytes written in one go at most, before readers may find them on the disk.</summary>
    private const long BatchBytes = 8L << 20;

    private readonly DiskFiles _files;
    private readonly TorrentLayout _layout;
    private readonly IndexJournal _journal;
    private readonly SharedBufferPool _buffers;
    private readonly DiskHealth _health;
    private readonly Action<PieceIndex> _gone;
    private readonly PendingWrites _pending = new();
    private readonly CacheShare? _share;
    private readonly ILogger _log;

    // Held by whoever writes to the files: the writer, or who makes room for another one.
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Task _writer;

    // Added to by the writer; whoever finds a piece damaged takes it away.
    private readonly PieceChecksums _sums;
    private volatile bool _abandoned;

    /// <param name="files">Taken over.</param>
    /// <param name="journal">The replayed index of those files.</param>
    /// <param name="layout">The torrent's arithmetic.</param>
    /// <param name="shared">What all stores share.</param>
    /// <param name="gone">Told when a piece that was here may no longer be, on any thread.</param>
    internal DiskStore(DiskFiles files, IndexJournal journal, TorrentLayout layout, SharedStorage shared, Action<PieceIndex> gone)
    {
        _files = files;
        _layout = layout;
        _journal = journal;
        _sums = journal.Claims;
        _buffers = shared.Buffers;
        _health = new DiskHealth(shared.Time, shared.Log);
        _gone = gone;
        _log = shared.Log;
        _share = shared.Budget is { } budget ? new CacheShare(budget, files, journal, layout, _turn, gone) : null;
        _writer = WriteBehindAsync();
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

        var life = _sums.LifeOf(slice.Piece);
        if (life == PieceChecksums.NoLife)
        {
            return false;
        }

        var run = _layout.WholeBlocks(slice);
        var buffer = _buffers.Rent(run.Length);
        if (IsInPageCache(run, buffer.GetSpan()) && IsRight(run, buffer.GetSpan(), life))
        {
            into.Add(buffer, slice.Offset - run.Offset, slice.Length);
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
        if (life == PieceChecksums.NoLife)
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
    public async ValueTask DisposeAsync()
    {
        _abandoned = !_files.Keep;
        _pending.Complete();
        await _writer;
        await _turn.WaitAsync();
        _share?.Close();
        if (_files.Keep)
        {
            Synchronize();
        }

        _files.Dispose();
        _share?.Leave();
        _turn.Release();
    }

    private async ValueTask<bool> ReadRunAsync(PieceSlice run, Memory<byte> bytes, byte life, CancellationToken cancel)
    {
        try
        {
            var read = await _files.Data.ReadAsync(bytes, OffsetOf(run), cancel);
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
    private bool IsRight(PieceSlice run, ReadOnlySpan<byte> bytes, byte life)
    {
        if (bytes.Length == run.Length && BlockChecksums.Match(_layout, run, bytes, _sums.SumsOf(run.Piece)))
        {
            return true;
        }

        if (Forget(run.Piece, life))
        {
            _health.OnDamageFound();
        }

        return false;
    }

    private long OffsetOf(PieceSlice run) => _layout.StartOf(run.Piece) + run.Offset;

    /// <returns>False when the piece was no longer here: evicted, or found damaged by another reader. It may be back by now.</returns>
    private bool Forget(PieceIndex piece, byte life)
    {
        if (!_sums.TryEnd(piece, life))
        {
            return false;
        }

        _pending.AddGone(piece);
        _gone(piece);
        return true;
    }

    private async Task WriteBehindAsync()
    {
        if (_share is not null)
        {
            await _share.OpenAsync(_log);
        }

        var batch = new List<PendingWrites.Change>();
        while (await _pending.Queue.WaitToReadAsync())
        {
            batch.Clear();
            for (var bytes = 0L; bytes < BatchBytes && _pending.Queue.TryRead(out var change);)
            {
                if (change.Range is not { } range || await TryAdmitAsync(range))
                {
                    batch.Add(change);
                    bytes += change.Range?.Where.Length ?? 0;
                }
                else
                {
                    End(range, isWritten: false);
                }
            }

            var isWritten = await TryWriteAsync(batch);
            foreach (var (piece, range) in batch)
            {
                if (range is not null)
                {
                    if (!isWritten)
                    {
                        _share?.Withdraw(piece);
                    }

                    End(range, isWritten);
                }
            }
        }
    }

    private async ValueTask<bool> TryAdmitAsync(VerifiedRange range)
    {
        try
        {
            return !_abandoned && _health.IsWorthTrying && (_share is null || await _share.TryAdmitAsync(range.Where.Piece));
        }
        catch (IOException e)
        {
            _health.OnWriteFailed(e);
            return false;
        }
    }

    /// <summary>A range's wait for the disk is over.</summary>
    private void End(VerifiedRange range, bool isWritten)
    {
        // The hold that is given back here may be the last.
        var piece = range.Where.Piece;
        _pending.Remove(range);
        if (!isWritten && !_abandoned)
        {
            _gone(piece);
        }
    }

    private async ValueTask<bool> TryWriteAsync(List<PendingWrites.Change> batch)
    {
        if (_abandoned || batch.Count == 0)
        {
            return false;
        }

        var failure = await WriteInTurnAsync(batch);
        if (failure is { HResult: Posix.NoSpace or Posix.QuotaExceeded } && _share is not null && await _share.TryShrinkAsync(BatchBytes))
        {
            failure = await WriteInTurnAsync(batch);
        }

        if (failure is not null)
        {
            _health.OnWriteFailed(failure);
        }

        return failure is null;
    }

    /// <returns>Why nothing of the batch was written; null when all of it was.</returns>
    private async ValueTask<IOException?> WriteInTurnAsync(List<PendingWrites.Change> batch)
    {
        await _turn.WaitAsync();
        try
        {
            await WriteAllAsync(batch);
            return null;
        }
        catch (IOException e)
        {
            foreach (var (piece, range) in batch)
            {
                if (range is not null)
                {
                    _share?.Undo(piece);
                }
            }

            return e;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask WriteAllAsync(List<PendingWrites.Change> batch)
    {
        var sums = new ulong[batch.Count][];
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch[i].Range is { } range)
            {
                sums[i] = await WriteAsync(range);
            }
            else
            {
                sums[i] = [];
                _share?.Drop(batch[i].Piece);
            }
        }

        for (var i = 0; i < batch.Count; i++)
        {
            _journal.Append(batch[i].Piece, sums[i]);
        }

        await _journal.FlushAsync();
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch[i].Range is not null)
            {
                _sums.Add(batch[i].Piece, sums[i]);
                _share?.Wrote(batch[i].Piece);
            }
        }

        _share?.CountIndex();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ulong[]> WriteAsync(VerifiedRange range)
    {
        var bytes = range.Bytes.Memory[..range.Where.Length];
        await _files.Data.WriteAsync(bytes, _layout.StartOf(range.Where.Piece));
        return BlockChecksums.Of(_layout, range.Where.Piece, bytes.Span);
    }

    private void Synchronize()
    {
        try
        {
            // Data before the claim on it.
            _files.Data.Synchronize();
            _files.Index.Synchronize();
        }
        catch (IOException e)
        {
            // Every block is compared when the next run reads it: what did not reach the disk is fetched again.
            _health.OnSynchronizeFailed(e);
        }
    }
}
