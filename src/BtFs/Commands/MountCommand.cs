using BtFs.Running;

namespace BtFs.Commands;

/// <summary><c>btfs SOURCE MOUNTPOINT</c>: mounts, in the background unless told otherwise, and returns when the tree can be listed.</summary>
/// <param name="audience">Waits for the outcome.</param>
/// <param name="pipe">Set in the process that does the work in the background.</param>
internal sealed class MountCommand(IStatusAudience audience, StatusPipe? pipe)
{
    /// <summary>Runs the command to its end: of the mount in the foreground, of the preparations otherwise.</summary>
    /// <exception cref="CommandException">It failed.</exception>
    public async Task<ExitCode> RunAsync(MountRequest request)
    {
        using var signals = new StopSignals();
        if (!request.Foreground && pipe is null)
        {
            return await Background.RunAsync(audience, signals.Stop);
        }

        using var logs = SessionLogs.Create(LogLinesOf(request, TimeProvider.System), request.Detail);
        await new MountSession(request, audience, logs, TimeProvider.System).RunAsync(signals, pipe?.Abandoned ?? CancellationToken.None);
        return ExitCode.Ok;
    }

    private ILogLines LogLinesOf(MountRequest request, TimeProvider time) => (request.LogFile, pipe) switch
    {
        ({ } file, _) => TextLogLines.InFile(file, time),
        (null, null) => TextLogLines.OnStandardError(time),
        _ => new SystemLogLines(),
    };
}
