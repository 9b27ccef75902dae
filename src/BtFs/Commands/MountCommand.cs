using BtFs.Running;
using Microsoft.Extensions.Logging;

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

        // Nothing of ours may keep a directory busy, least of all one on the mount itself.
        Directory.SetCurrentDirectory("/");
        using var logs = LoggerFactory.Create(logging => logging
            .SetMinimumLevel(LogLevel.Trace)
            .AddProvider(new LineLog(LogLinesOf(request, TimeProvider.System), LevelOf(request.Detail))));
        await new MountSession(request, audience, logs, TimeProvider.System).RunAsync(signals, pipe?.Abandoned ?? CancellationToken.None);
        return ExitCode.Ok;
    }

    private ILogLines LogLinesOf(MountRequest request, TimeProvider time) => (request.LogFile, pipe) switch
    {
        ({ } file, _) => TextLogLines.InFile(file, time),
        (null, null) => TextLogLines.OnStandardError(time),
        _ => new SystemLogLines(),
    };

    private static LogLevel LevelOf(LogDetail detail) => detail switch
    {
        LogDetail.Debug => LogLevel.Debug,
        LogDetail.Verbose => LogLevel.Information,
        _ => LogLevel.Warning,
    };
}
