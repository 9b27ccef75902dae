using BtFs.Engine;

namespace BtFs.Running;

/// <summary>Leaves every swarm in an orderly way, but not for ever: trackers that do not answer must not keep the user waiting.</summary>
/// <param name="engine">Ends, and its torrents with it.</param>
/// <param name="insisted">Completes when the user will not wait at all.</param>
/// <param name="time">Measures the bound.</param>
internal sealed class Goodbye(TorrentEngine engine, Task insisted, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Longest time for it. Unmounting takes a few milliseconds before, so that a signal is obeyed within two seconds.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(1500);

    /// <summary>Returns when everything is closed, or as soon as it takes too long: the process ends next, and takes the rest with it.</summary>
    public async ValueTask DisposeAsync()
    {
        var closing = engine.DisposeAsync().AsTask();
        await Task.WhenAny(closing, insisted, Task.Delay(Bound, time, CancellationToken.None));
        if (closing.IsCompleted)
        {
            await closing;
        }
    }
}
