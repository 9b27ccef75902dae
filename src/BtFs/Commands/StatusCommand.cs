using System.CommandLine;
using BtFs.Fuse.Mounting;
using BtFs.Running;
using BtFs.Status;

namespace BtFs.Commands;

/// <summary><c>btfs status</c>: shows what mounts do.</summary>
/// <param name="output">Takes the page.</param>
/// <param name="time">The clock.</param>
internal sealed class StatusCommand(TextWriter output, TimeProvider time)
{
    /// <summary>Columns where there is no terminal.</summary>
    private const int UnboundWidth = 160;

    /// <summary>The command.</summary>
    public static Command Grammar() => Commands.Grammar.Command(
        "status", "show what mounts do", StatusOptions.Page, StatusOptions.Operands, line => new StatusCommand(Console.Out, TimeProvider.System).RunAsync(line));

    private async Task<ExitCode> RunAsync(ParseResult line)
    {
        var mountPoint = line.GetValue(StatusOptions.Operands) is { } path ? Path.GetFullPath(path) : null;
        if (!line.GetValue(StatusOptions.Watch))
        {
            return await ShowAsync(mountPoint, line.GetValue(StatusOptions.Json));
        }

        if (line.GetValue(StatusOptions.Json))
        {
            throw new CommandException(ExitCode.Usage, "--watch", "cannot be combined with --json", "Ask again and again instead: btfs status --json");
        }

        if (WatchTerminal.Size is null)
        {
            throw new CommandException(ExitCode.Usage, "--watch", "needs a terminal", "Without --watch the page is printed once.");
        }

        // What is not there now is told at once, and not on a screen that is gone a moment later.
        _ = await ReadAsync(mountPoint);
        using var signals = new StopSignals();
        using var terminal = WatchTerminal.Open();
        await new StatusWatch(() => ReadAsync(mountPoint), terminal, time).RunAsync(signals.Stop);
        return ExitCode.Ok;
    }

    private async Task<ExitCode> ShowAsync(string? mountPoint, bool asJson)
    {
        var readings = await ReadAsync(mountPoint);
        if (asJson)
        {
            var texts = readings.Select(reading => reading.Text).OfType<byte[]>().ToList();
            output.WriteLine(mountPoint is null ? JsonText.List(texts) : JsonText.Of(texts[0]));
            return ExitCode.Ok;
        }

        var style = WatchTerminal.Size is { } size
            ? new PageStyle { Width = size.Columns, IsColoured = WatchTerminal.TakesColours }
            : new PageStyle { Width = UnboundWidth };
        foreach (var line in MountsPage.Lines(readings, style))
        {
            output.WriteLine(line);
        }

        return ExitCode.Ok;
    }

    /// <summary>What the mount says, or all that may be asked.</summary>
    /// <exception cref="CommandException">There is no such mount, or it says nothing.</exception>
    private async Task<IReadOnlyList<StatusReading>> ReadAsync(string? mountPoint)
    {
        if (mountPoint is not null)
        {
            var reading = await StatusReading.TakeAsync(mountPoint, time);
            return reading.Document is null ? throw Explain(reading) : [reading];
        }

        // Where one lies on another, only the upper one can be asked.
        var places = MountedPlace.Of(UnmountCommand.MountType).Select(place => place.Directory).Distinct(StringComparer.Ordinal);
        var all = await Task.WhenAll(places.Select(place => StatusReading.TakeAsync(place, time)));
        return [.. all.Where(reading => reading.Outcome is StatusOutcome.Answered or StatusOutcome.NoAnswer or StatusOutcome.Dead)];
    }

    private static CommandException Explain(StatusReading reading) => reading.Outcome switch
    {
        StatusOutcome.NoAnswer => new(ExitCode.MountRefused, reading.MountPoint, "does not answer", "Its program may be stopped: ps -o pid,stat,args -C btfs"),
        StatusOutcome.Dead => new(ExitCode.MountRefused, reading.MountPoint, "the program behind it has died", $"Clear it away with: fusermount3 -uz '{reading.MountPoint}'"),
        StatusOutcome.Denied => new(ExitCode.MountRefused, reading.MountPoint, "you may not ask it", "Ask as the user who mounted it, or as root."),
        StatusOutcome.OtherVersion => new(ExitCode.MountRefused, reading.MountPoint, "belongs to another version of btfs", "Read MOUNTPOINT/.btfs/status.txt instead."),
        _ => new(ExitCode.MountRefused, reading.MountPoint, "is no mount of btfs", "btfs status without a word shows all of them."),
    };
}
