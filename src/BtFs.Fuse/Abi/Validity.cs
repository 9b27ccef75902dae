namespace BtFs.Fuse.Abi;

/// <summary>How long an answer holds, in the two numbers that the kernel wants.</summary>
internal static class Validity
{
    public static (ulong Seconds, uint Nanoseconds) Split(TimeSpan validFor)
    {
        if (validFor <= TimeSpan.Zero)
        {
            return (0, 0);
        }

        var seconds = validFor.Ticks / TimeSpan.TicksPerSecond;
        var rest = validFor.Ticks % TimeSpan.TicksPerSecond;
        return ((ulong)seconds, (uint)(rest * TimeSpan.NanosecondsPerTick));
    }
}
