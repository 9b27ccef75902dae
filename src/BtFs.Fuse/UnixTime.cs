namespace BtFs.Fuse;

/// <summary>A point in time as <c>stat(2)</c> tells it.</summary>
/// <param name="Seconds">Seconds since 1970-01-01 UTC; negative before.</param>
/// <param name="Nanoseconds">0 to 999,999,999, added to the seconds.</param>
public readonly record struct UnixTime(long Seconds, uint Nanoseconds = 0);
