using System.CommandLine;
using BtFs.Playing;
using BtFs.Running;

namespace BtFs.Commands;

/// <summary><c>btfs play SOURCE</c>: mounts for as long as a player runs.</summary>
/// <param name="audience">Hears how it goes.</param>
/// <param name="output">Takes the list.</param>
/// <param name="time">The clock.</param>
internal sealed class PlayCommand(IStatusAudience audience, TextWriter output, TimeProvider time)
{
    /// <summary>The command.</summary>
    public static Command Grammar(IStatusAudience audience) => Commands.Grammar.Command(
        "play", "play what is in a SOURCE while it loads", PlayOptions.Page, PlayOptions.Operands, line => new PlayCommand(audience, Console.Out, TimeProvider.System).RunAsync(PlayRequest.Read(line)));

    /// <summary>Runs until the player ends, or a signal ends both.</summary>
    /// <returns>The player's exit code.</returns>
    /// <exception cref="CommandException">It cannot be done.</exception>
    /// <exception cref="OperationCanceledException">Stopped before the player started.</exception>
    private async Task<ExitCode> RunAsync(PlayRequest request)
    {
        // First of all: without one nothing need be fetched.
        var player = request.ListOnly ? null : PlayerProgram.Find(request.Player, Environment.GetEnvironmentVariable);
        using var signals = new StopSignals();
        using var folder = PrivateFolder.Create(Environment.GetEnvironmentVariable);
        ILogLines lines = request.Mount.LogFile is { } file ? new LogFile(file, time) : TextLogLines.OnStandardError(time);
        var recent = new RecentLogLines(time);
        using var logs = SessionLogs.Create(lines, request.Mount.Detail, recent);
        var listener = request.Mount.Quiet ? new QuietAudience(audience) : audience;
        var playback = new Playback(request.Wish, player, listener, output, time);
        await new MountSession(request.Mount with { MountPoint = folder.Path }, listener, logs, recent, time, playback).RunAsync(signals, CancellationToken.None);
        return playback.Outcome;
    }
}
