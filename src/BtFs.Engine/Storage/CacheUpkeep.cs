using BtFs.Engine.Layout;

namespace BtFs.Engine.Storage;

/// <summary>Brings a kept cache to the disk now and then, and keeps its journal short. The writer's own: called by one at a time.</summary>
/// <remarks>
/// A power cut costs what was written since the last time; nothing of it is believed in the next run without its hash. The same
/// holds in this run for what an fsync failed on: the kernel tells of that once, and the bytes may be there or not.
/// </remarks>
internal sealed class CacheUpkeep : IDisposable
{
    /// <summary>How long written bytes wait to be brought to the disk.</summary>
    internal static readonly TimeSpan SynchronizeEvery = TimeSpan.FromSeconds(30);

    /// <summary>How many bytes wait at most.</summary>
    internal const long SynchronizeAfter = 256L << 20;

    private readonly DiskFiles _files;
    private readonly IndexJournal _journal;
    private readonly DiskHealth _health;
    private readonly TimeProvider _time;
    private readonly Action _wake;
    private readonly ITimer _timer;

    // Written since the last time, written before and not yet known to be safe, and to be written down as suspect.
    private List<PieceIndex> _written = [];
    private List<PieceIndex> _underWay = [];
    private readonly List<PieceIndex> _suspect = [];
    private long _writtenBytes;
    private long _writtenSince;
    private Task<bool>? _running;
    private volatile bool _isOver;
    private bool _doubtsIndex;

    /// <param name="files">What to bring to the disk.</param>
    /// <param name="journal">Its journal.</param>
    /// <param name="health">Told of failures.</param>
    /// <param name="time">The clock.</param>
    /// <param name="wake">Has the writer call <see cref="AfterBatchAsync"/> soon, on any thread.</param>
    internal CacheUpkeep(DiskFiles files, IndexJournal journal, DiskHealth health, TimeProvider time, Action wake)
    {
        _files = files;
        _journal = journal;
        _health = health;
        _time = time;
        _wake = wake;
        _timer = time.CreateTimer(_ => wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A piece and its record were written.</summary>
    internal void Wrote(PieceIndex piece, int bytes)
    {
        if (!_files.Keep)
        {
            return;
        }

        if (_written.Count == 0)
        {
            _writtenSince = _time.GetTimestamp();
            _timer.Change(SynchronizeEvery, Timeout.InfiniteTimeSpan);
        }

        _written.Add(piece);
        _writtenBytes += bytes;
    }

    /// <summary>Does what is due. What takes long goes on meanwhile.</summary>
    internal async ValueTask AfterBatchAsync()
    {
        await TakeResultAsync(wait: false);
        if (_running is null && _written.Count > 0 && IsDue())
        {
            Start();
        }

        try
        {
            await WriteSuspectsAsync();
            if (_running is null && (_doubtsIndex || _journal.IsMostlyDead()) && _files.CanReplaceIndex && _health.IsWorthTrying)
            {
                await _journal.CompactAsync();
                _doubtsIndex = false;
            }
        }
        catch (IOException e)
        {
            _health.OnWriteFailed(e);
        }
    }

    /// <summary>The last time: brings everything to the disk and closes the journal. Only for a cache that is kept.</summary>
    internal async ValueTask CloseAsync()
    {
        await TakeResultAsync(wait: true);
        try
        {
            try
            {
                _files.Data.Synchronize();
            }
            catch (IOException e)
            {
                _health.OnSynchronizeFailed(e);
                Doubt(_written);
            }

            await WriteSuspectsAsync();
            await _journal.CloseAsync();
            _files.SynchronizeIndex();
        }
        catch (IOException e)
        {
            // What did not reach the disk is not believed by the next run.
            _health.OnSynchronizeFailed(e);
        }
    }

    public void Dispose() => _timer.Dispose();

    private bool IsDue() => _writtenBytes >= SynchronizeAfter || _time.GetElapsedTime(_writtenSince) >= SynchronizeEvery;

    private void Start()
    {
        (_underWay, _written, _writtenBytes) = (_written, [], 0);
        _isOver = false;
        _running = SynchronizeAsync();
    }

    private async Task<bool> SynchronizeAsync()
    {
        try
        {
            // It takes seconds on a slow disk, which no thread of the pool should wait.
            await Task.Factory.StartNew(_files.Synchronize, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            return true;
        }
        catch (IOException e)
        {
            _health.OnSynchronizeFailed(e);
            return false;
        }
        finally
        {
            _isOver = true;
            _wake();
        }
    }

    private async ValueTask TakeResultAsync(bool wait)
    {
        if (_running is not { } running || !(wait || _isOver))
        {
            return;
        }

        if (!await running)
        {
            Doubt(_underWay);
            _doubtsIndex = true;
        }

        _underWay = [];
        _running = null;
    }

    private void Doubt(List<PieceIndex> pieces) => _suspect.AddRange(pieces.Where(_journal.Claims.TryDoubt));

    private async ValueTask WriteSuspectsAsync()
    {
        if (_suspect.Count == 0)
        {
            return;
        }

        // One that was found right meanwhile has a newer record, which this must not come behind.
        foreach (var piece in _suspect.Where(piece => _journal.Claims.Has(piece) && _journal.Claims.BelievedLifeOf(piece) == PieceChecksums.NoLife))
        {
            _journal.AppendSuspect(piece);
        }

        await _journal.FlushAsync();
        _suspect.Clear();
    }
}
