namespace BtFs.Engine.Storage.Limits;

/// <summary>What one process claims.</summary>
/// <param name="Bytes">Bytes that it has on the disk, or is about to.</param>
/// <param name="Wanted">Bytes that it cannot have while others hold more than their share.</param>
internal readonly record struct LedgerClaim(long Bytes, long Wanted);
