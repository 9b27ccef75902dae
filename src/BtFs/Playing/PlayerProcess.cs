using System.ComponentModel;
using System.Diagnostics;
using BtFs.Running;

namespace BtFs.Playing;

/// <summary>A player that runs, with the terminal for itself.</summary>
internal sealed class PlayerProcess : IDisposable
{
    /// <summary>How long it may take to end by itself: Ctrl-C reaches it too.</summary>
    private static readonly TimeSpan EndsWithin = TimeSpan.FromMilliseconds(500);

    /// <summary>How long it may take to end when it is told to.</summary>
    private static readonly TimeSpan ObeysWithin = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly TimeProvider _time;

    private PlayerProcess(Process process, TimeProvider time)
    {
        _process = process;
        _time = time;
        Ended = process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Completes with it.</summary>
    public Task Ended { get; }

    /// <summary>Its exit code, or 128 and the number of the signal that ended it. Only after its end.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts it.</summary>
    /// <param name="player">Which.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Where it works: where it puts screenshots, say.</param>
    /// <param name="time">Measures how long it takes to end.</param>
    /// <exception cref="CommandException">It does not start.</exception>
    public static PlayerProcess Start(PlayerProgram player, IReadOnlyList<string> arguments, string folder, TimeProvider time)
    {
        var start = new ProcessStartInfo(player.Path, arguments) { UseShellExecute = false, WorkingDirectory = folder };
        SocketThreads.TakeOut(start.Environment);
        try
        {
            return new PlayerProcess(Process.Start(start)!, time);
        }
        catch (Win32Exception e)
        {
            throw new CommandException(BtFs.ExitCode.System, $"player {player.Path}", $"does not start: {e.Message}", "Name another with --player=COMMAND.");
        }
    }

    /// <summary>Sees to it that it ends, with more and more force.</summary>
    /// <param name="insisted">Completes when there is no time left for politeness.</param>
    public async Task EndAsync(Task insisted)
    {
        await WaitAsync(EndsWithin, insisted);
        Signal(LibC.Terminate);
        await WaitAsync(ObeysWithin, insisted);
        Signal(LibC.Kill);
        await Ended;
    }

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private Task WaitAsync(TimeSpan patience, Task insisted) =>
        Task.WhenAny(Ended, insisted, Task.Delay(patience, _time, CancellationToken.None));

    private void Signal(int signal)
    {
        // Not yet waited for, so its number cannot be another's.
        if (!_process.HasExited)
        {
            _ = LibC.kill(_process.Id, signal);
        }
    }
}
