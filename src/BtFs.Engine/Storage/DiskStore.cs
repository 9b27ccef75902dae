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
    /// <remarks>Also what a kill may cost at most: what was written, but not yet its record.</remarks>
    private const long BatchBytes = 1L << 20;

    /// <summary>Bytes given back at least when the disk is full.</summary>
    private const long ShrinkBytes = 8L << 20;

    private readonly DiskFiles _files;
    private readonly TorrentLayout _layout;
    private readonly IndexJournal _journal;
    private readonly SharedBufferPool _buffers;
    private readonly DiskHealth _health;
    private readonly Action<PieceIndex> _gone;
    private readonly PendingWrites _pending = new();
    private readonly SuspectCheck _suspects;
    private readonly CacheUpkeep _upkeep;
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
    /// <param name="torrent">Whose bytes.</param>
    /// <param name="shared">What all stores share.</param>
    /// <param name="gone">Told when a piece that was here may no longer be, on any thread.</param>
    internal DiskStore(DiskFiles files, IndexJournal journal, StoredTorrent torrent, SharedStorage shared, Action<PieceIndex> gone)
    {
        _files = files;
        _layout = torrent.Layout;
        _journal = journal;
        _sums = journal.Claims;
        _buffers = shared.Buffers;
        _health = new DiskHealth(shared.Time, shared.Log);
        _gone = gone;
        _suspects = new SuspectCheck(files.Data, torrent, _sums, _buffers);
        _upkeep = new CacheUpkeep(files, journal, _health, shared.Time, _pending.Wake);
        _log = shared.Log;
        _share = shared.Budget is { } budget ? new CacheShare(budget, files, journal, torrent.Layout, _turn, gone) : null;
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
    public async ValueTask DisposeAsync()
    {
        _abandoned = !_files.Keep;
        _pending.Complete();
        await _writer;
        await _turn.WaitAsync();
        _share?.Close();
        if (_files.Keep)
        {
            await _upkeep.CloseAsync();
        }

        _upkeep.Dispose();
        _files.Dispose();
        _share?.Leave();
        _turn.Release();
    }

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

    private async Task WriteBehindAsync()
    {
        if (_share is not null)
        {
            await _share.OpenAsync(_log);
        }

        var batch = new List<PendingChange>();
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
            foreach (var (_, piece, range) in batch)
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

            if (!_abandoned)
            {
                await KeepUpAsync();
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

    private async ValueTask<bool> TryWriteAsync(List<PendingChange> batch)
    {
        if (_abandoned || batch.Count == 0)
        {
            return false;
        }

        var failure = await WriteInTurnAsync(batch);
        if (failure is { HResult: Posix.NoSpace or Posix.QuotaExceeded } && _share is not null && await _share.TryShrinkAsync(ShrinkBytes))
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
    private async ValueTask<IOException?> WriteInTurnAsync(List<PendingChange> batch)
    {
        await _turn.WaitAsync();
        try
        {
            await WriteAllAsync(batch);
            return null;
        }
        catch (IOException e)
        {
            foreach (var (_, piece, range) in batch)
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

    private async ValueTask WriteAllAsync(List<PendingChange> batch)
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
                if (batch[i].Kind == PendingChangeKind.Gone)
                {
                    _share?.Drop(batch[i].Piece);
                }
            }
        }

        for (var i = 0; i < batch.Count; i++)
        {
            WriteDown(batch[i], sums[i]);
        }

        await _journal.FlushAsync();
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch[i].Range is { } range)
            {
                _sums.Add(batch[i].Piece, sums[i]);
                _upkeep.Wrote(batch[i].Piece, range.Where.Length);
                _share?.Wrote(batch[i].Piece);
            }
        }

        _share?.CountIndex();
    }

    private async ValueTask KeepUpAsync()
    {
        await _turn.WaitAsync();
        try
        {
            await _upkeep.AfterBatchAsync();
            _share?.CountIndex();
        }
        finally
        {
            _turn.Release();
        }
    }

    private void WriteDown(PendingChange change, ulong[] sums)
    {
        switch (change.Kind)
        {
            case PendingChangeKind.Write or PendingChangeKind.Gone:
                _journal.Append(change.Piece, sums);
                break;
            case PendingChangeKind.Believed when _sums.BelievedLifeOf(change.Piece) != PieceChecksums.NoLife:
                _journal.Append(change.Piece, _sums.SumsOf(change.Piece));
                break;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ulong[]> WriteAsync(VerifiedRange range)
    {
        var bytes = range.Bytes.Memory[..range.Where.Length];
        await _files.Data.WriteAsync(bytes, _layout.StartOf(range.Where.Piece));
        return BlockChecksums.Of(_layout, range.Where.Piece, bytes.Span);
    }
}
