using System.CommandLine;
using BtFs.Fuse.Mounting;
using BtFs.Running;
using Microsoft.Extensions.Logging;

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
    public static Task<ExitCode> RunAsync(ParseResult line, IStatusAudience audience, StatusPipe? pipe)
    {
        var request = MountRequestReader.Read(line);
        return new MountCommand(request.Quiet ? new QuietAudience(audience) : audience, pipe).RunAsync(request);
    }

    /// <summary>Runs the command to its end: of the mount in the foreground, of the preparations otherwise.</summary>
    /// <exception cref="CommandException">It failed.</exception>
    public async Task<ExitCode> RunAsync(MountRequest request)
    {
        if (pipe is null && request.ReadWrite && !request.IsLibrary)
        {
            audience.Note("-o rw: a torrent cannot be changed, so it is mounted read-only");
        }

        if (request.Fake)
        {
            FuseMount.Check(request.MountPoint, request.Fuse);
            return ExitCode.Ok;
        }

        return request.Foreground || pipe is not null ? await ServeAsync(request) : await StartAsync(request);
    }

    private async Task<ExitCode> StartAsync(MountRequest request)
    {
        using var signals = new StopSignals();
        if (request.WaitsUntilReady)
        {
            return await Background.RunAsync(audience, signals.Stop);
        }

        // What can be known at once is better told here than to a log.
        FuseMount.Check(request.MountPoint, request.Fuse);
        using (request.LogFile is { } file ? new LogFile(file, TimeProvider.System) : null)
        {
            Background.Start();
        }

        return ExitCode.Ok;
    }

    private async Task<ExitCode> ServeAsync(MountRequest request)
    {
        var time = TimeProvider.System;
        var file = request.LogFile is { } path ? new LogFile(path, time) : null;
        using var signals = new StopSignals(pipe is not null && file is not null ? file.Reopen : null);
        ILogLines usual = pipe is null ? TextLogLines.OnStandardError(time) : new SystemLogLines();
        var recent = new RecentLogLines(time);
        using var logs = SessionLogs.Create(file ?? usual, request.Detail, recent);
        if (pipe is null || request.WaitsUntilReady)
        {
            await ServeAsync(request, logs, recent, time, signals, pipe?.Abandoned ?? CancellationToken.None);
            return ExitCode.Ok;
        }

        try
        {
            // Nobody reads the pipe, and that is no reason to give up.
            pipe.Dispose();
            await ServeAsync(request, logs, recent, time, signals, CancellationToken.None);
            return ExitCode.Ok;
        }
        catch (Exception e)
        {
            Log.NotMounted(logs.CreateLogger<MountCommand>(), ErrorReport.Of(e).Text.Replace('\n', ' '));
            throw;
        }
    }

    private Task ServeAsync(
        MountRequest request, ILoggerFactory logs, RecentLogLines recent, TimeProvider time, StopSignals signals, CancellationToken abandoned) => request.IsLibrary
        ? new LibrarySession(request, audience, logs, recent, time).RunAsync(signals, abandoned)
        : new MountSession(request, audience, logs, recent, time).RunAsync(signals, abandoned);
}
