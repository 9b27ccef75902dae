using System.CommandLine;
using BtFs.Running;

namespace BtFs.Commands;

/// <summary><c>btfs SOURCE MOUNTPOINT</c>: mounts, in the background unless told otherwise, and returns when the tree can be listed.</summary>
/// <param name="audience">Waits for the outcome.</param>
/// <param name="pipe">Set in the process that does the work in the background.</param>
internal sealed class MountCommand(IStatusAudience audience, StatusPipe? pipe)
{
    /// <summary><c>btfs mount SOURCE MOUNTPOINT</c>, which is what <c>btfs SOURCE MOUNTPOINT</c> is too.</summary>
    public static Command Grammar(IStatusAudience audience, StatusPipe? pipe) => Commands.Grammar.Command(
        "mount", "mount a torrent (the word may be left out)", HelpText.Mount, MountOptions.Operands, line => RunAsync(line, audience, pipe));

    /// <summary>Reads the command line and runs the command.</summary>
    public static Task<ExitCode> RunAsync(ParseResult line, IStatusAudience audience, StatusPipe? pipe) =>
        new MountCommand(audience, pipe).RunAsync(MountRequestReader.Read(line));

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
        var abandoned = pipe?.Abandoned ?? CancellationToken.None;
        await (request.IsLibrary
            ? new LibrarySession(request, audience, logs, TimeProvider.System).RunAsync(signals, abandoned)
            : new MountSession(request, audience, logs, TimeProvider.System).RunAsync(signals, abandoned));
        return ExitCode.Ok;
    }

    private ILogLines LogLinesOf(MountRequest request, TimeProvider time) => (request.LogFile, pipe) switch
    {
        ({ } file, _) => TextLogLines.InFile(file, time),
        (null, null) => TextLogLines.OnStandardError(time),
        _ => new SystemLogLines(),
    };
}
