namespace BtFs.Engine.Storage.Limits;

/// <summary>What others claim.</summary>
/// <param name="Bytes">Bytes of all of them.</param>
/// <param name="IdleVersion">Another number whenever what lies idle in the directory has changed.</param>
internal readonly record struct LedgerTotal(long Bytes, long IdleVersion);
