using System.Diagnostics;
using System.Text;

namespace BtFs.EndToEnd.Swarm;

/// <summary><c>btfs play</c> in a process of its own, ended and looked after whatever happens.</summary>
internal sealed class BtfsPlay : IAsyncDisposable
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly string _runtime;
    private readonly StringBuilder _log = new();

    private BtfsPlay(Process process, string runtime)
    {
        _process = process;
        _runtime = runtime;
        BtfsMount.Keep(process, _log);
    }

    public int Pid => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>What it and its player said.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Where it is mounted now, if it is.</summary>
    public string? MountPoint => MountTable.Below(_runtime).SingleOrDefault();

    public static BtfsPlay Start(BtfsPlaces places, params IEnumerable<string> arguments)
    {
        var start = places.Start(["play", .. arguments]);
        return new BtfsPlay(Process.Start(start) ?? throw new InvalidOperationException($"{BtfsProgram.Path} did not start."), start.Environment["XDG_RUNTIME_DIR"]!);
    }

    /// <summary>Waits for its end, and checks that nothing is left of it: no mount, no folder.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndsAsync()
    {
        using var deadline = new CancellationTokenSource(EndsWithin);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"btfs play was still there after {EndsWithin.TotalSeconds} s.\n{Log}");
        }

        Assert.Empty(MountTable.Below(_runtime));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_runtime));
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        foreach (var left in MountTable.Below(_runtime))
        {
            (await Command.RunAsync("fusermount3", "-u", "-z", left)).Ok();
        }

        _process.Dispose();
    }
}
