using System.Diagnostics;

namespace BtFs.EndToEnd.Machine;

/// <summary>strace, at work on a running program: system calls of its choice fail, or are its last.</summary>
internal sealed class Injection : IAsyncDisposable
{
    private static readonly TimeSpan AttachesWithin = TimeSpan.FromSeconds(20);

    private readonly Process _strace;

    private Injection(Process strace) => _strace = strace;

    /// <summary>Attaches to all threads of a program, and returns when it has.</summary>
    /// <param name="pid">The program.</param>
    /// <param name="calls">Names of system calls, with commas between.</param>
    /// <param name="what">What becomes of them, as strace(1) has it: <c>error=EIO</c>, <c>signal=KILL:when=3</c>.</param>
    public static async Task<Injection> IntoAsync(int pid, string calls, string what)
    {
        var start = new ProcessStartInfo(
            Programs.Find("strace"), ["-f", "-p", $"{pid}", "-o", "/dev/null", "-e", $"trace={calls}", "-e", $"inject={calls}:{what}"])
        {
            RedirectStandardError = true,
        };
        var strace = Process.Start(start) ?? throw new InvalidOperationException("strace did not start.");
        var attached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        strace.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not { } text || text.Contains("Operation not permitted", StringComparison.Ordinal))
            {
                attached.TrySetException(new InvalidOperationException($"strace could not attach to process {pid}."));
            }
            else if (text.Contains($"Process {pid} attached", StringComparison.Ordinal))
            {
                attached.TrySetResult();
            }
        };
        strace.BeginErrorReadLine();
        await attached.Task.WaitAsync(AttachesWithin);
        return new Injection(strace);
    }

    /// <summary>Lets the program alone.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_strace.HasExited)
        {
            Signals.Send(_strace.Id, Signals.Interrupt);
        }

        await _strace.WaitForExitAsync();
        _strace.Dispose();
    }
}
