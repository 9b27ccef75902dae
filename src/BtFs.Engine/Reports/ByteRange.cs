namespace BtFs.Engine.Reports;

/// <summary>Bytes of a file.</summary>
/// <param name="Start">The first.</param>
/// <param name="End">The first that is no longer among them.</param>
public readonly record struct ByteRange(long Start, long End);
