using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace BtFs.Engine.Storage.Limits;

/// <summary>How much the cache of all torrents of this process may take on the disk, beside that of other processes. Safe from any thread.</summary>
/// <remarks>
/// Bytes are reserved before they are written and given back after they were freed, so the disk never holds more than is reserved.
/// Where there is no room it is made: first what nobody has mounted goes, then pieces of our own torrents, and processes that hold more
/// than their share are asked to shrink. What finds no room even so is not written, and lives in memory.
/// </remarks>
internal sealed class CacheBudget : IAsyncDisposable
{
    /// <summary>How often others' wishes and the free space are looked at.</summary>
    internal static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>How long nothing is tried again after everything was in use: finding victims looks at all pieces.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>A process that has less than its share frees this part of it at least, when it has to free anything.</summary>
    private const int LeastPart = 20;

    private const long Never = long.MinValue;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _making = new(1);
    private readonly CancellationTokenSource _closing = new();
    private readonly List<ICacheTenant> _tenants = [];
    private readonly EngineOptions _options;
    private readonly CacheNeighbours _neighbours;
    private readonly IIdleCaches _idle;
    private readonly ICacheDisk _disk;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SafeFileHandle? _folder;
    private readonly Task _housekeeping;

    // Guarded by _gate. Under way: reserved, and not yet missing from the file system's free space.
    private long _used;
    private long _underWay;
    private long _wanted;
    private long _warnedAt = Never;

    private long _room = long.MaxValue;
    private long _share;
    private long _pausedAt = Never;

    /// <param name="options">The limits.</param>
    /// <param name="ledger">What other processes claim; taken over.</param>
    /// <param name="disk">Where the cache lies.</param>
    /// <param name="idle">What nobody has mounted.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where trouble is told.</param>
    internal CacheBudget(EngineOptions options, ICacheLedger ledger, ICacheDisk disk, IIdleCaches idle, TimeProvider time, ILogger log)
        : this(options, new CacheNeighbours(ledger, idle), disk, idle, time, log, folder: null)
    {
    }

    private CacheBudget(
        EngineOptions options, CacheNeighbours neighbours, ICacheDisk disk, IIdleCaches idle, TimeProvider time, ILogger log, SafeFileHandle? folder)
    {
        _options = options;
        _neighbours = neighbours;
        _idle = idle;
        _disk = disk;
        _time = time;
        _log = log;
        _folder = folder;
        BlockLength = disk.Space().BlockLength;
        _share = CacheMarks.On(disk.Space(), options).Limit;
        _housekeeping = KeepHouseAsync();
    }

    /// <summary>Bytes that the file system gives out at a time.</summary>
    internal int BlockLength { get; }

    /// <summary>Bytes that may be written before anything has to go for it: what is fetched for nobody in particular must fit in here.</summary>
    internal long Room => Volatile.Read(ref _room);

    /// <summary>Bytes that this process can count on.</summary>
    internal long Share => Volatile.Read(ref _share);

    /// <summary>Bytes reserved.</summary>
    internal long Used
    {
        get
        {
            lock (_gate)
            {
                return _used;
            }
        }
    }

    /// <summary>Opens the budget of a cache directory, which is there.</summary>
    /// <exception cref="IOException">The directory cannot be opened.</exception>
    internal static CacheBudget Open(EngineOptions options, string directory, IIdleCaches idle, TimeProvider time, ILogger log)
    {
        var folder = Posix.TryOpenFolder(directory) ?? throw Posix.LastError($"Cannot open the cache directory {directory}");
        ICacheLedger? ledger = CacheLedger.TryOpen(folder);
        if (ledger is null)
        {
            StorageLog.NoLedger(log, directory);
            ledger = new LoneLedger();
        }

        return new CacheBudget(options, new CacheNeighbours(ledger, idle), new CacheDisk(folder), idle, time, log, folder);
    }

    /// <summary>Takes in a torrent, with the bytes that it has on the disk already. They were counted as idle until now.</summary>
    internal void Join(ICacheTenant tenant, long bytes)
    {
        lock (_gate)
        {
            _tenants.Add(tenant);
            ChargeUnderGate(bytes);
            _neighbours.NoteIdleChanged();
        }
    }

    /// <summary>A torrent is closed: what it left on the disk lies idle from now on, and its folder is nobody's.</summary>
    internal void Leave(ICacheTenant tenant)
    {
        lock (_gate)
        {
            _tenants.Remove(tenant);
            _neighbours.NoteIdleChanged();
            ChargeUnderGate(-tenant.BytesHeld);
        }
    }

    /// <summary>Reserves room on the disk, and makes it where there is none.</summary>
    /// <returns>False when there is none to be had: the bytes must not be written.</returns>
    /// <exception cref="IOException">The disk failed: nobody can say whether there is room.</exception>
    internal async ValueTask<bool> TryReserveAsync(long bytes)
    {
        if (TryReserve(bytes, static (marks, total, available, need) => marks.HasRoom(total, available, need)))
        {
            return true;
        }

        // Between two attempts to make room; the many who are refused meanwhile must not put the next one off.
        var isTried = HasPassedSince(Pause, Volatile.Read(ref _pausedAt));
        if (isTried)
        {
            await _making.WaitAsync();
            try
            {
                await MakeRoomAsync(bytes);
            }
            finally
            {
                _making.Release();
            }
        }

        return TryReserve(bytes, static (marks, total, available, need) => marks.Allows(total, available, need)) || (isTried && Refuse());
    }

    /// <summary>Reserved bytes are on the disk, or will not be: the file system's own count has them from now on.</summary>
    internal void Landed(long bytes)
    {
        lock (_gate)
        {
            _underWay -= bytes;
        }
    }

    /// <summary>Counts bytes that are on the disk, or no longer, without asking whether there is room.</summary>
    /// <param name="bytes">Bytes more, before they are written; negative for fewer, after they were freed.</param>
    internal void Charge(long bytes)
    {
        lock (_gate)
        {
            ChargeUnderGate(bytes);
        }
    }

    /// <summary>Frees so much, or what it can: where a disk is full though the budget is not.</summary>
    /// <returns>Bytes freed.</returns>
    internal async ValueTask<long> ShrinkAsync(long bytes)
    {
        await _making.WaitAsync();
        try
        {
            return await FreeAsync(bytes);
        }
        finally
        {
            _making.Release();
        }
    }

    /// <summary>What is done every second: claims of the dead end, wishes of others are heard, and the file system is kept from being too full.</summary>
    internal async ValueTask LookAroundAsync()
    {
        try
        {
            if (Excess() is > 0 and var excess)
            {
                await ShrinkAsync(excess);
            }
        }
        catch (IOException)
        {
            // The disk is in trouble, of which whoever wants to write hears.
        }
    }

    /// <summary>Leaves the directory to the others.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _housekeeping;
        lock (_gate)
        {
            _neighbours.Dispose();
        }

        _folder?.Dispose();
        _closing.Dispose();
        _making.Dispose();
    }

    private async Task KeepHouseAsync()
    {
        using var timer = new PeriodicTimer(LookEvery, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_closing.Token))
            {
                await LookAroundAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private bool TryReserve(long bytes, Func<CacheMarks, long, long, long, bool> fits)
    {
        lock (_gate)
        {
            // Claimed first and counted after, so that of two who do so at once one sees both.
            _neighbours.Claim(_used + bytes, _wanted);
            var (marks, total, available) = View();
            if (!fits(marks, total, available, bytes))
            {
                _neighbours.TryClaim(_used, _wanted);
                return false;
            }

            _used += bytes;
            _underWay += bytes;
            Volatile.Write(ref _room, marks.Low - total - bytes);
            if (_wanted > 0 && total + bytes <= marks.High)
            {
                _wanted = 0;
                _neighbours.TryClaim(_used, _wanted);
            }

            return true;
        }
    }

    /// <summary>Nothing may go, or not enough: says so when it is the disk's fault, and lets some time pass.</summary>
    private bool Refuse()
    {
        Volatile.Write(ref _pausedAt, _time.GetTimestamp());
        lock (_gate)
        {
            var (marks, _, available) = View();
            if (available <= marks.Floor && HasPassedSince(DiskHealth.WarnEvery, _warnedAt))
            {
                _warnedAt = _time.GetTimestamp();
                StorageLog.DiskNearlyFull(_log, Math.Max(available, 0) >> 20);
            }
        }

        return false;
    }

    private async ValueTask MakeRoomAsync(long need)
    {
        long toFree;
        lock (_gate)
        {
            var living = _neighbours.Living();
            var (marks, total, available) = View();
            toFree = marks.ToFree(total, available, need);
            _wanted = 0;
            if (toFree > 0 && total + need > marks.High && living.Count > 0 && _used + need <= FairShare(marks, living))
            {
                // Others are to give way. Until they do, only as much of ours goes as must.
                _wanted = need;
                var missing = Math.Max(total + need - marks.Limit, marks.Floor + need - available);
                toFree = missing > 0 ? Math.Max(missing, _used / LeastPart) : 0;
            }

            _neighbours.TryClaim(_used, _wanted);
        }

        await FreeAsync(toFree);
    }

    /// <summary>Bytes that we hold too many.</summary>
    private long Excess()
    {
        lock (_gate)
        {
            var living = _neighbours.Living();
            var (marks, total, available) = View();
            Volatile.Write(ref _room, marks.Low - total);
            var aboveShare = Math.Max(_used - FairShare(marks, living), 0);
            var overLimit = total > marks.Limit ? total - marks.Low : 0;
            var excess = Math.Min(aboveShare, living.Any(other => other.Wanted > 0) ? long.MaxValue : overLimit);
            return Math.Min(Math.Max(excess, marks.Floor - available), _used);
        }
    }

    /// <summary>Frees bytes, of what nobody has mounted first, then of whoever of us holds most.</summary>
    /// <returns>Bytes freed.</returns>
    private async ValueTask<long> FreeAsync(long bytes)
    {
        if (bytes <= 0)
        {
            return 0;
        }

        var freed = FreeIdle(bytes);
        foreach (var tenant in LargestFirst())
        {
            if (freed >= bytes)
            {
                break;
            }

            freed += await tenant.EvictAsync(bytes - freed);
        }

        return freed;
    }

    private long FreeIdle(long bytes)
    {
        lock (_gate)
        {
            if (_neighbours.IdleBytes == 0)
            {
                return 0;
            }
        }

        var freed = _idle.Free(bytes);
        lock (_gate)
        {
            _neighbours.NoteIdleChanged();
        }

        return freed;
    }

    private List<ICacheTenant> LargestFirst()
    {
        lock (_gate)
        {
            return [.. _tenants.OrderByDescending(tenant => tenant.BytesHeld)];
        }
    }

    /// <summary>What each process may hold when all want more.</summary>
    private long FairShare(CacheMarks marks, IReadOnlyList<LedgerClaim> living)
    {
        var all = Math.Max(marks.Limit - _neighbours.IdleBytes, 0);
        var fair = all / (living.Count + 1);

        // What others do not use of theirs is ours as well.
        Volatile.Write(ref _share, Math.Max(fair, all - living.Sum(other => other.Bytes)));
        return fair;
    }

    /// <summary>How things stand: the limits, bytes of the whole cache, and bytes free on the file system.</summary>
    private (CacheMarks Marks, long Total, long Available) View()
    {
        var space = _disk.Space();
        return (CacheMarks.On(space, _options), _used + _neighbours.Bytes(), space.Available - _underWay);
    }

    private void ChargeUnderGate(long bytes)
    {
        _used += bytes;
        _neighbours.TryClaim(_used, _wanted);
        Volatile.Write(ref _room, Volatile.Read(ref _room) == long.MaxValue ? long.MaxValue : _room - bytes);
    }

    private bool HasPassedSince(TimeSpan span, long since) => since == Never || _time.GetElapsedTime(since) >= span;
}
