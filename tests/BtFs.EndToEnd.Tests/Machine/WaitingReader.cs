using System.Diagnostics;

namespace BtFs.EndToEnd.Machine;

/// <summary>A program that waits for a read, and the proof that it does.</summary>
internal sealed class WaitingReader : IDisposable
{
    // The number of read(2) on x86-64 is 0, on arm64 63 (asm/unistd.h).
    private static readonly string ReadCall =
        System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "63 " : "0 ";

    private const int LooksAlike = 5;

    private static readonly TimeSpan WaitsWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    private WaitingReader(Process process)
    {
        _process = process;
    }

    public int Pid => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>Starts a program whose next system call that does not return is a read; returns once it waits there.</summary>
    public static async Task<WaitingReader> StartAsync(string program, params IEnumerable<string> arguments)
    {
        var reader = new WaitingReader(new Command(program, arguments).Start());
        var alike = 0;
        await Eventually.TrueAsync($"{program} waits for a read", WaitsWithin, () =>
        {
            Assert.False(reader.HasEnded, $"{program} ended instead of waiting.");
            alike = File.ReadAllText($"/proc/{reader.Pid}/syscall").StartsWith(ReadCall, StringComparison.Ordinal) ? alike + 1 : 0;
            return alike >= LooksAlike;
        });
        return reader;
    }

    /// <summary>Sends a signal and measures how long the program goes on living.</summary>
    public async Task<TimeSpan> DiesOfAsync(int signal)
    {
        var since = Stopwatch.StartNew();
        Signals.Send(Pid, signal);
        await EndsAsync(EndsWithin);
        return since.Elapsed;
    }

    /// <summary>Waits for it to end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndsAsync(TimeSpan within)
    {
        using var deadline = new CancellationTokenSource(within);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The reader was still waiting after {within.TotalSeconds} s.");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
