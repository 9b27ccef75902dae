using Microsoft.Extensions.Logging;

namespace BtFs.Engine.Storage;

/// <summary>Whether the disk is worth another try, and whether its trouble is worth another line in the log. Safe from any thread.</summary>
internal sealed class DiskHealth(TimeProvider time, ILogger log)
{
    /// <summary>How long a disk that failed is left alone. Space comes back when somebody deletes something, not sooner.</summary>
    internal static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>How often the same trouble is told.</summary>
    internal static readonly TimeSpan WarnEvery = TimeSpan.FromMinutes(1);

    private const long Never = long.MinValue;

    private long _failedAt = Never;
    private long _warnedAt = Never;
    private int _toldOfDamage;

    internal bool IsWorthTrying => HasPassed(RetryAfter, Volatile.Read(ref _failedAt));

    /// <summary>The disk refused a write.</summary>
    internal void OnWriteFailed(Exception why)
    {
        Volatile.Write(ref _failedAt, time.GetTimestamp());
        if (MayWarn())
        {
            StorageLog.WriteFailed(log, why.Message);
        }
    }

    /// <summary>The disk refused a read.</summary>
    internal void OnReadFailed(Exception why)
    {
        if (MayWarn())
        {
            StorageLog.ReadFailed(log, why.Message);
        }
    }

    /// <summary>The disk gave back other bytes than it was given.</summary>
    internal void OnDamageFound()
    {
        if (Interlocked.Exchange(ref _toldOfDamage, 1) == 0)
        {
            StorageLog.Damaged(log);
        }
    }

    /// <summary>What was written may not outlive a power cut.</summary>
    internal void OnSynchronizeFailed(Exception why) => StorageLog.SynchronizeFailed(log, why.Message);

    private bool MayWarn()
    {
        var before = Volatile.Read(ref _warnedAt);
        return HasPassed(WarnEvery, before)
            && Interlocked.CompareExchange(ref _warnedAt, time.GetTimestamp(), before) == before;
    }

    private bool HasPassed(TimeSpan span, long since) => since == Never || time.GetElapsedTime(since) >= span;
}
