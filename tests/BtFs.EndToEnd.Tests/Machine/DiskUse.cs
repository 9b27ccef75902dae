namespace BtFs.EndToEnd.Machine;

/// <summary>Looks every few milliseconds at what a folder takes on the disk, and remembers the most.</summary>
internal sealed class DiskUse : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _looking;
    private readonly string _folder;

    public DiskUse(string folder)
    {
        _folder = folder;
        _looking = LookAsync();
    }

    /// <summary>Bytes at most so far.</summary>
    public long Most { get; private set; }

    /// <summary>Times that it looked.</summary>
    public int Looks { get; private set; }

    /// <summary>Bytes that a folder takes with all in it, as du(1) counts them.</summary>
    public static async Task<long> OfAsync(string folder)
    {
        // Files come and go meanwhile, of which du complains; its sum is of those that were there.
        var said = await Command.RunAsync("du", "-s", "-B1", folder);
        return said.Text.Split('\t') is [var bytes, ..] && long.TryParse(bytes, out var sum) ? sum : 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _looking;
        _stop.Dispose();
    }

    private async Task LookAsync()
    {
        using var tick = new PeriodicTimer(LookEvery);
        try
        {
            while (await tick.WaitForNextTickAsync(_stop.Token))
            {
                Most = Math.Max(Most, await OfAsync(_folder));
                Looks++;
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }
}
