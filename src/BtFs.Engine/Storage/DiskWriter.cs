using System.Runtime.CompilerServices;
using BtFs.Engine.Layout;
using BtFs.Engine.Storage.Limits;
using BtFs.Engine.Verifying;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.Storage;

/// <summary>The one task that writes a torrent's files: data, then its record, within the limit of the cache.</summary>
internal sealed class DiskWriter : IAsyncDisposable
{
    /// <summary>Bytes written in one go at most, before readers may find them on the disk.</summary>
    /// <remarks>Also what a kill may cost at most: what was written, but not yet its record.</remarks>
    private const long BatchBytes = 1L << 20;

    /// <summary>Bytes given back at least when the disk is full.</summary>
    private const long ShrinkBytes = 8L << 20;

    private readonly DiskFiles _files;
    private readonly IndexJournal _journal;
    private readonly TorrentLayout _layout;
    private readonly DiskHealth _health;
    private readonly PendingWrites _pending;
    private readonly Action<PieceIndex> _gone;
    private readonly CacheUpkeep _upkeep;
    private readonly ILogger _log;

    // Held by whoever writes to the files: this task, or who makes room for another one.
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Task _writing;
    private volatile bool _abandoned;

    /// <param name="files">Taken over.</param>
    /// <param name="journal">The replayed index of those files.</param>
    /// <param name="layout">The torrent's arithmetic.</param>
    /// <param name="shared">What all stores share.</param>
    /// <param name="health">Told of failures, and asked whether the disk is worth another try.</param>
    /// <param name="pending">What to write.</param>
    /// <param name="gone">Told when a piece that was to be here may not be, on any thread.</param>
    internal DiskWriter(
        DiskFiles files, IndexJournal journal, TorrentLayout layout, SharedStorage shared, DiskHealth health, PendingWrites pending, Action<PieceIndex> gone)
    {
        _files = files;
        _journal = journal;
        _layout = layout;
        _health = health;
        _pending = pending;
        _gone = gone;
        _log = shared.Log;
        _upkeep = new CacheUpkeep(files, journal, health, shared.Time, pending.Wake);
        Share = shared.Budget is { } budget ? new CacheShare(budget, files, journal, layout, _turn, gone) : null;
        _writing = WriteBehindAsync();
    }

    /// <summary>The torrent's part of the bounded cache; null where nothing is bounded.</summary>
    internal CacheShare? Share { get; }

    /// <summary>Writes what is queued if it is to be kept, brings it safely to the disk, and closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        _abandoned = !_files.Keep;
        _pending.Complete();
        await _writing;
        await _turn.WaitAsync();
        Share?.Close();
        if (_files.Keep)
        {
            await _upkeep.CloseAsync();
        }

        _upkeep.Dispose();
        _files.Dispose();
        Share?.Leave();
        _turn.Release();
    }

    private async Task WriteBehindAsync()
    {
        if (Share is not null)
        {
            await Share.OpenAsync(_log);
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
                        Share?.Withdraw(piece);
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
            return !_abandoned && _health.IsWorthTrying && (Share is null || await Share.TryAdmitAsync(range.Where.Piece));
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
        if (failure is { HResult: Posix.NoSpace or Posix.QuotaExceeded } && Share is not null && await Share.TryShrinkAsync(ShrinkBytes))
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
                    Share?.Undo(piece);
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
                    Share?.Drop(batch[i].Piece);
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
                _journal.Claims.Add(batch[i].Piece, sums[i]);
                _upkeep.Wrote(batch[i].Piece, range.Where.Length);
                Share?.Wrote(batch[i].Piece);
            }
        }

        Share?.CountIndex();
    }

    private async ValueTask KeepUpAsync()
    {
        await _turn.WaitAsync();
        try
        {
            await _upkeep.AfterBatchAsync();
            Share?.CountIndex();
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
            case PendingChangeKind.Believed when _journal.Claims.BelievedLifeOf(change.Piece) != PieceChecksums.NoLife:
                _journal.Append(change.Piece, _journal.Claims.SumsOf(change.Piece));
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
