namespace BtFs.Engine.Storage.Limits;

/// <summary>What the processes that share a cache directory claim of it. Not safe from several threads.</summary>
/// <remarks>
/// Who wants room claims it first and adds up afterwards, and takes the claim back when it was too much. So of two who claim at once at
/// least the second sees both, nobody ever holds a lock that others wait for, and a process may be stopped or killed between any two steps.
/// </remarks>
internal interface ICacheLedger : IDisposable
{
    /// <summary>States what this process claims, instead of what it claimed before.</summary>
    /// <param name="bytes">Bytes that it has on the disk, or is about to.</param>
    /// <param name="wanted">Bytes that it cannot have while others hold more than their share; usually 0.</param>
    /// <exception cref="IOException">The disk failed: the old claim stands.</exception>
    void Claim(long bytes, long wanted);

    /// <summary>What all others claim, the dead among them.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    LedgerTotal Others();

    /// <summary>What each of the others claims that is alive. Claims of the dead end here: from now on what they left counts as idle.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    IReadOnlyList<LedgerClaim> Living();

    /// <summary>Tells all that what lies idle in the directory is no longer what it was.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    void NoteIdleChanged();
}
