using BtFs.Engine.Storage.Limits;
using BtFs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Engine.Tests.Storage.Limits;

/// <summary>A process with one torrent, whose pieces are numbers of bytes. Some of them are in use.</summary>
internal sealed class ModelProcess : ICacheTenant
{
    private readonly ModelCacheDirectory _directory;
    private readonly List<long> _pieces = [];

    internal ModelProcess(ModelCacheDirectory directory, EngineOptions options, long left = 0)
    {
        _directory = directory;
        Ledger = new ModelLedger(directory.Book);
        Budget = new CacheBudget(options, Ledger, directory, directory, Time, NullLogger.Instance);
        if (left > 0)
        {
            _pieces.Add(left);
        }

        BytesHeld = OnDisk = left;
        directory.Processes.Add(this);
        directory.Idle -= left;
        Budget.Join(this, left);
    }

    internal ManualTimeProvider Time { get; } = new();

    internal ModelLedger Ledger { get; }

    internal CacheBudget Budget { get; }

    internal long OnDisk { get; private set; }

    /// <summary>Pieces that may not go.</summary>
    internal int InUse { get; set; }

    public long BytesHeld { get; private set; }

    internal long Pieces => _pieces.Count;

    internal async ValueTask<bool> WriteAsync(long bytes)
    {
        if (!await Budget.TryReserveAsync(bytes))
        {
            return false;
        }

        Budget.Landed(bytes);
        BytesHeld += bytes;
        OnDisk += bytes;
        _pieces.Add(bytes);
        return true;
    }

    public ValueTask<long> EvictAsync(long bytes)
    {
        var freed = 0L;
        while (freed < bytes && _pieces.Count > InUse)
        {
            freed += _pieces[0];
            _pieces.RemoveAt(0);
        }

        OnDisk -= freed;
        BytesHeld -= freed;
        Budget.Charge(-freed);
        return ValueTask.FromResult(freed);
    }

    /// <summary>Ends; what it kept lies idle from then on.</summary>
    internal async ValueTask LeaveAsync(bool keep)
    {
        _directory.Processes.Remove(this);
        _directory.Idle += keep ? OnDisk : 0;
        Budget.Leave(this);
        await Budget.DisposeAsync();
    }

    internal void Die()
    {
        _directory.Processes.Remove(this);
        _directory.Idle += OnDisk;
        Ledger.Die();
    }
}
