using BtFs.Engine.Storage;
using BtFs.Engine.Storage.Limits;

namespace BtFs.Engine.Tests.Storage.Limits;

/// <summary>A cache directory in memory: what really lies on its disk, whoever put it there.</summary>
internal sealed class ModelCacheDirectory : ICacheDisk, IIdleCaches
{
    internal const long DiskLength = 10_000;

    internal ModelLedger.Book Book { get; } = new();

    /// <summary>Bytes of folders that nobody has open.</summary>
    internal long Idle { get; set; }

    /// <summary>Bytes of the idle that may not be removed.</summary>
    internal long Pinned { get; set; }

    /// <summary>Bytes of files of others on the same disk.</summary>
    internal long Strangers { get; set; }

    internal List<ModelProcess> Processes { get; } = [];

    internal long BytesOfCache => Idle + Processes.Sum(process => process.OnDisk);

    public DiskSpace Space() => new(DiskLength, Math.Max(DiskLength - Strangers - BytesOfCache, 0), 1);

    public long BytesOnDisk() => Idle;

    public long Free(long bytes)
    {
        var freed = Math.Min(bytes, Idle - Pinned);
        Idle -= freed;
        return freed;
    }
}
