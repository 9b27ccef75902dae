using System.CommandLine;
using BtFs.Fuse.Mounting;
using BtFs.Running;
using static BtFs.Commands.OptionDraft;

namespace BtFs.Commands;

/// <summary><c>btfs unmount MOUNTPOINT</c>: ends a mount, or says who holds it.</summary>
internal static class UnmountCommand
{
    /// <summary>The type of our mounts in the mount table.</summary>
    public const string MountType = "fuse.btfs";

    private static readonly Argument<string[]> Operands = new("MOUNTPOINT") { Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<bool> Lazy = Flag("--lazy", "take it out of the tree though somebody uses it", "-z");

    /// <summary>The command.</summary>
    public static Command Grammar() => Commands.Grammar.Command(
        "unmount",
        "end a mount",
        new HelpPage(
            ["btfs unmount [options] MOUNTPOINT"],
            """
            Ends a mount, as "fusermount3 -u MOUNTPOINT" does, and clears away what a
            killed program has left there. Says who holds it where it is in use.
            """,
            new OptionGroup("options", Lazy)),
        Operands,
        line => Task.FromResult(Run(line.GetValue(Operands) ?? [], line.GetValue(Lazy))));

    private static ExitCode Run(string[] operands, bool lazily)
    {
        var directory = operands switch
        {
            _ when StrayOption.In(operands) is { } stray => throw stray,
            [] or [""] => throw new CommandException(ExitCode.Usage, "MOUNTPOINT", "missing", "Name the directory that a torrent is mounted on: btfs unmount MOUNTPOINT"),
            [var one] => one,
            [_, var extra, ..] => throw new CommandException(ExitCode.Usage, extra, "one operand too many", "It is btfs unmount MOUNTPOINT; quote names with spaces."),
        };
        var place = MountedPlace.At(directory) ?? throw NothingThere(directory);
        if (place.Type != MountType)
        {
            throw new CommandException(ExitCode.MountRefused, directory, $"is no mount of btfs but one of type {place.Type}", $"Whoever mounted it unmounts it, or: umount '{place.Directory}'");
        }

        // Whoever calls from inside is told about the shell, not about us.
        Directory.SetCurrentDirectory("/");
        return place.Unmount(lazily, out var words) switch
        {
            UnmountRefusal.None => ExitCode.Ok,
            UnmountRefusal.Busy => throw Busy(directory, place),
            _ => throw new CommandException(
                ExitCode.MountRefused, directory, $"may not be unmounted by this user{(words.Length > 0 ? $" ({words})" : "")}", "Whoever mounted it can, and root."),
        };
    }

    private static CommandException NothingThere(string directory)
    {
        if (!Path.Exists(directory))
        {
            return new CommandException(ExitCode.MountRefused, directory, "does not exist");
        }

        var mounts = MountedPlace.Of(MountType);
        return new CommandException(
            ExitCode.MountRefused,
            directory,
            "is not a mount point",
            mounts.Count == 0 ? "No torrent is mounted." : $"Torrents are mounted at: {string.Join(", ", mounts.Select(mount => mount.Directory))}");
    }

    private static CommandException Busy(string directory, MountedPlace place)
    {
        var users = PlaceUsers.Of(place.Directory, "/proc");
        return new CommandException(
            ExitCode.MountRefused,
            directory,
            users.Count == 0 ? "is in use" : $"is in use by {string.Join(", ", users)}",
            users.Count == 0
                ? $"Who it is, root can see: fuser -vm '{place.Directory}'. --lazy does not wait for them."
                : "Close what is open there and leave the folder; --lazy does not wait for that.");
    }
}
