namespace BtFs.Engine.Storage.Limits;

/// <summary>What the rest of the cache directory takes: other processes, and what nobody has mounted. Not safe from several threads.</summary>
internal sealed class CacheNeighbours(ICacheLedger ledger, IIdleCaches idle) : IDisposable
{
    private const long Unknown = -1;

    private long _idleVersion = Unknown;

    /// <summary>Bytes that nobody has mounted, as last seen.</summary>
    internal long IdleBytes { get; private set; }

    /// <summary>Bytes of everybody but us.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    internal long Bytes()
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

    /// <summary>The processes that are alive and claim something.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    internal IReadOnlyList<LedgerClaim> Living() => ledger.Living();

    /// <summary>States what we claim.</summary>
    /// <exception cref="IOException">The disk failed: the old claim stands.</exception>
    internal void Claim(long bytes, long wanted) => ledger.Claim(bytes, wanted);

    /// <summary>States what we claim, when that is less than before: if it cannot be written down, we claim too much, until the next time.</summary>
    internal void TryClaim(long bytes, long wanted)
    {
        try
        {
            ledger.Claim(bytes, wanted);
        }
        catch (IOException)
        {
            // Whoever reserves next hears of it.
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
        catch (IOException)
        {
            // Others then count what is gone, or what is counted twice, until the next change.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => ledger.Dispose();
}
