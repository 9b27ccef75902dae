using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace BtFs.EndToEnd.Swarm;

/// <summary><c>btfs seed</c> in a process of its own.</summary>
internal sealed partial class BtfsSeed : IAsyncDisposable
{
    private static readonly TimeSpan SaysWithin = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private readonly StringBuilder _log = new();

    private BtfsSeed(Process process)
    {
        _process = process;
        BtfsMount.Keep(process, _log);
    }

    /// <summary>The magnet link it printed.</summary>
    public string Magnet => MagnetLink().Match(Log).Value;

    private string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Starts it, and returns when it has printed its magnet link.</summary>
    public static async Task<BtfsSeed> StartAsync(BtfsPlaces places, params IEnumerable<string> arguments)
    {
        var process = Process.Start(places.Start(["seed", .. arguments])) ?? throw new InvalidOperationException($"{BtfsProgram.Path} did not start.");
        var seed = new BtfsSeed(process);
        await Eventually.TrueAsync("btfs seed prints a magnet link", SaysWithin, () => seed.Magnet.Length > 0 || seed.HasFailed());
        return seed;
    }

    /// <summary>Ends it as Ctrl-C would, and checks that it goes without a word of complaint.</summary>
    public async Task EndAsync()
    {
        Signals.Send(_process.Id, Signals.Terminate);
        using var deadline = new CancellationTokenSource(BtfsMount.EndsWithin);
        await _process.WaitForExitAsync(deadline.Token);
        Assert.True(_process.ExitCode == 0, $"btfs seed ended with {_process.ExitCode}\n{Log}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private bool HasFailed() => _process.HasExited
        ? throw new InvalidOperationException($"btfs seed ended with {_process.ExitCode}\n{Log}")
        : false;

    [GeneratedRegex(@"magnet:\?\S+")]
    private static partial Regex MagnetLink();
}
