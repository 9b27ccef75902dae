using System.Diagnostics;

namespace BtFs.EndToEnd.Machine;

/// <summary>Waits for something outside this process to become true, and says what when it does not.</summary>
internal static class Eventually
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);

    public static async Task TrueAsync(string what, TimeSpan within, Func<bool> look)
    {
        await TrueAsync(what, within, () => Task.FromResult(look()));
    }

    /// <exception cref="TimeoutException">It was still false when <paramref name="within"/> had passed.</exception>
    public static async Task TrueAsync(string what, TimeSpan within, Func<Task<bool>> look)
    {
        var since = Stopwatch.StartNew();
        using var tick = new PeriodicTimer(LookEvery);
        while (!await look())
        {
            if (since.Elapsed > within)
            {
                throw new TimeoutException($"Not within {within.TotalSeconds} s: {what}.");
            }

            await tick.WaitForNextTickAsync();
        }
    }
}
