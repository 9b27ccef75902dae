namespace BtFs.Fuse.Tests;

internal static class Eventually
{
    /// <summary>Waits for something that other processes bring about; fails if it takes longer than <see cref="Programs.Patience"/>.</summary>
    public static void IsTrue(Func<bool> condition, string what) => Assert.True(SpinWait.SpinUntil(condition, Programs.Patience), what);
}
