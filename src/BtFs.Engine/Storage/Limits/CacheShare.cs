using System.Collections;
using BtFs.Engine.Layout;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.Storage.Limits;

/// <summary>The part of one torrent in the bounded cache: what its pieces take, and which of them go when room is needed.</summary>
/// <remarks>
/// Order of a piece's end: nobody may read it any more; the journal says so; its bytes are freed; the budget hears. So a process killed in
/// between leaves less on the disk than is counted, never more. "In the turn" means: the caller holds the store's turn to write.
/// </remarks>
internal sealed class CacheShare : ICacheTenant
{
    /// <summary>Bytes charged for what lies beside data and index: folders, lock, ledger, and the info dictionary but for its hashes.</summary>
    internal const long Overhead = 64L << 10;

    private const int HashLength = 20;

    private readonly CacheBudget _budget;
    private readonly DiskFiles _files;
    private readonly TorrentLayout _layout;
    private readonly IndexJournal _journal;
    private readonly PieceChecksums _sums;
    private readonly SemaphoreSlim _turn;
    private readonly Action<PieceIndex> _gone;
    private readonly PieceExtents _extents;
    private readonly VictimOrder _order;
    private readonly bool _canPunch;

    // In the turn: pieces whose bytes are charged, and pieces that are gone without a record of it.
    private readonly BitArray _charged;
    private readonly HashSet<PieceIndex> _unrecorded = [];
    private long _indexBytes;
    private bool _isClosed;

    private long _held;
    private bool _isPrepaid;
    private IReadOnlyList<PieceSpan> _live = [];

    /// <param name="budget">Of the process.</param>
    /// <param name="files">Stay the caller's.</param>
    /// <param name="journal">What is on the disk; written to in the turn.</param>
    /// <param name="layout">The torrent's arithmetic.</param>
    /// <param name="turn">Held by whoever writes to the files.</param>
    /// <param name="gone">Told when a piece is no longer on the disk.</param>
    internal CacheShare(
        CacheBudget budget,
        DiskFiles files,
        IndexJournal journal,
        TorrentLayout layout,
        SemaphoreSlim turn,
        Action<PieceIndex> gone)
    {
        _budget = budget;
        _files = files;
        _journal = journal;
        _sums = journal.Claims;
        _layout = layout;
        _turn = turn;
        _gone = gone;
        _extents = new PieceExtents(layout, budget.BlockLength);
        Use = new PieceUse(layout.PieceCount);
        _order = new VictimOrder(layout, Use);
        _charged = new BitArray(layout.PieceCount);
        _canPunch = CanPunch();
    }

    /// <summary>When pieces were read.</summary>
    internal PieceUse Use { get; }

    /// <inheritdoc/>
    public long BytesHeld => Interlocked.Read(ref _held);

    /// <summary>Bytes that this torrent can count on; 0 when none of it can be kept on the disk.</summary>
    internal long Capacity => _canPunch ? _budget.Share : _isPrepaid ? long.MaxValue : 0;

    /// <summary>Bytes that may be added before anything has to go for it.</summary>
    internal long Room => _canPunch ? _budget.Room : _isPrepaid ? long.MaxValue : 0;

    /// <summary>What readers are about to read does not go.</summary>
    internal void Protect(IReadOnlyList<PieceSpan> live) => Volatile.Write(ref _live, live);

    /// <summary>Counts what an earlier run left, and frees what it left without saying so. Before anything is written.</summary>
    internal async ValueTask OpenAsync(ILogger log)
    {
        _held = Overhead + ((long)HashLength * _layout.PieceCount);
        foreach (var piece in _sums.Pieces())
        {
            _charged[piece.Value] = true;
            _held += _extents.CostOf(piece);
            Use.Found(piece);
        }

        _indexBytes = IndexBytes();
        _held += _indexBytes;
        FreeUnclaimed();
        _budget.Join(this, _held);
        if (_canPunch)
        {
            return;
        }

        // Nothing can be freed piece by piece, so all of it must fit from the start.
        _isPrepaid = await TryPrepayAsync();
        if (_isPrepaid)
        {
            Interlocked.Add(ref _held, _extents.CostOfAll);
            _budget.Landed(_extents.CostOfAll);
        }
        else
        {
            StorageLog.NoHoles(log);
        }
    }

    /// <summary>Reserves room for a piece that is to be written.</summary>
    /// <returns>False when it has to live in memory.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    internal async ValueTask<bool> TryAdmitAsync(PieceIndex piece)
    {
        if (!_canPunch)
        {
            return _isPrepaid;
        }

        var bytes = ReservedFor(piece);
        if (!await _budget.TryReserveAsync(bytes))
        {
            return false;
        }

        Interlocked.Add(ref _held, bytes);
        return true;
    }

    /// <summary>In the turn: an admitted piece is on the disk and in the journal.</summary>
    internal void Wrote(PieceIndex piece)
    {
        Use.Written(piece);
        if (_canPunch)
        {
            _budget.Landed(ReservedFor(piece));

            // The record is counted with the index.
            Charge(_charged[piece.Value] ? -ReservedFor(piece) : -RecordBytes(piece));
            _charged[piece.Value] = true;
        }
    }

    /// <summary>In the turn: an admitted piece could not be written, or only a part of it.</summary>
    internal void Undo(PieceIndex piece)
    {
        if (!_charged[piece.Value] && !_sums.Has(piece))
        {
            TryFree(new PieceSpan(piece, piece));
        }
    }

    /// <summary>An admitted piece will not be written after all.</summary>
    internal void Withdraw(PieceIndex piece)
    {
        if (_canPunch)
        {
            _budget.Landed(ReservedFor(piece));
            Charge(-ReservedFor(piece));
        }
    }

    /// <summary>In the turn: the bytes of a piece are not what they were, and the journal is about to say that it is gone.</summary>
    internal void Drop(PieceIndex piece)
    {
        if (!_sums.Has(piece))
        {
            Free([piece]);
        }
    }

    /// <summary>In the turn: the journal has grown.</summary>
    internal void CountIndex()
    {
        var bytes = IndexBytes();
        Charge(bytes - _indexBytes);
        _indexBytes = bytes;
    }

    /// <summary>Makes room on a disk that is full: gives back so much, and an eighth of what is held at least.</summary>
    /// <returns>Whether there is more room than before.</returns>
    internal async ValueTask<bool> TryShrinkAsync(long bytes) => await _budget.ShrinkAsync(Math.Max(bytes, BytesHeld / 8)) > 0;

    /// <inheritdoc/>
    public async ValueTask<long> EvictAsync(long bytes)
    {
        List<PieceIndex> ended;
        long freed;
        await _turn.WaitAsync();
        try
        {
            if (_isClosed || !_canPunch)
            {
                return 0;
            }

            ended = _order.Choose(_sums.Pieces().Where(piece => _charged[piece.Value]), Volatile.Read(ref _live), _extents.CostOf, bytes);
            ended.RemoveAll(piece => !_sums.TryEnd(piece, _sums.LifeOf(piece)));
            _unrecorded.UnionWith(ended);
            await TryRecordAsync();
            freed = Free(ended);
            CountIndex();
        }
        finally
        {
            _turn.Release();
        }

        foreach (var piece in ended)
        {
            Use.Evicted(piece);
            _gone(piece);
        }

        return freed;
    }

    /// <summary>In the turn, the last one: nothing more is evicted.</summary>
    internal void Close() => _isClosed = true;

    /// <summary>The folder is left to others, or is no more.</summary>
    internal void Leave() => _budget.Leave(this);

    private async ValueTask<bool> TryPrepayAsync()
    {
        try
        {
            return await _budget.TryReserveAsync(_extents.CostOfAll);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private long ReservedFor(PieceIndex piece) => _extents.CostOf(piece) + RecordBytes(piece);

    private long RecordBytes(PieceIndex piece) => IndexRecords.LengthOf(_layout.BlocksIn(piece));

    private async ValueTask TryRecordAsync()
    {
        try
        {
            _unrecorded.RemoveWhere(_sums.Has);
            foreach (var piece in _unrecorded)
            {
                _journal.Append(piece, []);
            }

            await _journal.FlushAsync();
            _unrecorded.Clear();
        }
        catch (IOException)
        {
            // A full disk must not keep us from making room on it. The checksums of the next run find out, should no later record tell it.
        }
    }

    private long Free(List<PieceIndex> pieces)
    {
        var freed = 0L;
        foreach (var row in PieceExtents.Rows(pieces))
        {
            if (!TryFree(row))
            {
                continue;
            }

            for (var i = row.First.Value; i <= row.Last.Value; i++)
            {
                freed += _charged[i] ? _extents.CostOf(new PieceIndex(i)) : 0;
                _charged[i] = false;
            }
        }

        Charge(-freed);
        return freed;
    }

    /// <summary>Frees the bytes of pieces in a row; false when the disk would not.</summary>
    private bool TryFree(PieceSpan row)
    {
        if (!_canPunch)
        {
            return false;
        }

        try
        {
            var (offset, length) = _extents.HoleOf(row, _sums.Has);
            return length == 0 || _files.Data.TryPunch(offset, length);
        }
        catch (IOException)
        {
            // They stay counted, and the next run frees them.
            return false;
        }
    }

    private void FreeUnclaimed()
    {
        try
        {
            if (_files.Data.Length == 0)
            {
                return;
            }
        }
        catch (IOException)
        {
            return;
        }

        var next = 0;
        foreach (var piece in _sums.Pieces().Append(new PieceIndex(_layout.PieceCount)))
        {
            if (piece.Value > next)
            {
                TryFree(new PieceSpan(new PieceIndex(next), new PieceIndex(piece.Value - 1)));
            }

            next = piece.Value + 1;
        }
    }

    private bool CanPunch()
    {
        try
        {
            // Beyond the end, where nothing is.
            return _files.Data.TryPunch(_extents.CostOfAll, _budget.BlockLength);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private long IndexBytes()
    {
        try
        {
            return _extents.CostOfFile(_files.Index.Length);
        }
        catch (IOException)
        {
            return _indexBytes;
        }
    }

    private void Charge(long bytes)
    {
        if (bytes != 0)
        {
            Interlocked.Add(ref _held, bytes);
            _budget.Charge(bytes);
        }
    }
}
