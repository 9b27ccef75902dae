using Microsoft.Extensions.Logging;

namespace BtFs.Engine.Storage.Limits;

/// <summary>What the rest of the cache directory takes: other processes, and what nobody has mounted. Not safe from several threads.</summary>
/// <remarks>A ledger that fails takes nobody's bytes and kills nobody: nothing more can be claimed until it works again.</remarks>
internal sealed class CacheNeighbours(ICacheLedger ledger, IIdleCaches idle, TimeProvider time, ILogger log) : IDisposable
{
    private const long Unknown = -1;

    private long _idleVersion = Unknown;
    private long _warnedAt = long.MinValue;

    /// <summary>Bytes that nobody has mounted, as last seen.</summary>
    internal long IdleBytes { get; private set; }

    /// <summary>Bytes of everybody but us.</summary>
    internal long Bytes()
    {
        try
        {
            while (true)
            {
                var others = ledger.Others();
                if (others.IdleVersion == _idleVersion)
                {
                    return others.Bytes + IdleBytes;
                }

                _idleVersion = others.IdleVersion;
                IdleBytes = idle.BytesOnDisk();
            }
        }
        catch (IOException e)
        {
            Warn(e);
            return IdleBytes;
        }
    }

    /// <summary>The processes that are alive and claim something.</summary>
    internal IReadOnlyList<LedgerClaim> Living()
    {
        try
        {
            return ledger.Living();
        }
        catch (IOException e)
        {
            Warn(e);
            return [];
        }
    }

    /// <summary>States what we claim.</summary>
    /// <returns>False when that could not be written down.</returns>
    internal bool TryClaim(long bytes, long wanted)
    {
        try
        {
            ledger.Claim(bytes, wanted);
            return true;
        }
        catch (IOException e)
        {
            Warn(e);
            return false;
        }
    }

    /// <summary>Tells everybody that what nobody has mounted is no longer what it was.</summary>
    internal void NoteIdleChanged()
    {
        _idleVersion = Unknown;
        try
        {
            ledger.NoteIdleChanged();
        }
        catch (IOException e)
        {
            Warn(e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => ledger.Dispose();

    private void Warn(IOException why)
    {
        if (_warnedAt == long.MinValue || time.GetElapsedTime(_warnedAt) >= DiskHealth.WarnEvery)
        {
            _warnedAt = time.GetTimestamp();
            StorageLog.LedgerFailed(log, why.Message);
        }
    }
}
