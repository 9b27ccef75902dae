namespace BtFs.Engine.Tests.Storage;

/// <summary>Waits for what another thread is about to do, and fails if it does not.</summary>
internal static class Eventually
{
    internal static void True(Func<bool> condition) =>
        Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(20)), "It never came true.");
}
