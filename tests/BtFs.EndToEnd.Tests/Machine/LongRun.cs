namespace BtFs.EndToEnd.Machine;

/// <summary>How often a test that tries its luck does so: a few times usually, often enough to be sure with <c>BTFS_LONG_TESTS=1</c>.</summary>
internal static class LongRun
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("BTFS_LONG_TESTS") is { Length: > 0 } and not "0";

    public static int Times(int usually, int inALongRun) => IsOn ? inALongRun : usually;
}
