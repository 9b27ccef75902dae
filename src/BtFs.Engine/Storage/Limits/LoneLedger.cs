namespace BtFs.Engine.Storage.Limits;

/// <summary>The ledger of a process that knows of no other: where the shared one cannot be had.</summary>
internal sealed class LoneLedger : ICacheLedger
{
    /// <inheritdoc/>
    public void Claim(long bytes, long wanted)
    {
    }

    /// <inheritdoc/>
    public LedgerTotal Others() => default;

    /// <inheritdoc/>
    public IReadOnlyList<LedgerClaim> Living() => [];

    /// <inheritdoc/>
    public void NoteIdleChanged()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
