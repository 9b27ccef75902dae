using System.CommandLine;
using System.Globalization;
using BtFs.Running;

namespace BtFs.Commands;

/// <summary><c>btfsstat MOUNTPOINT…</c>, as johang/btfs has it: a tree of the names with the percentage of each file that is here.</summary>
internal static class StatCommand
{
    /// <summary>The name by which the program is called for it.</summary>
    public const string Name = "btfsstat";

    private const string Marker = "user.btfs.is_btfs";
    private const string Progress = "user.btfs.progress";
    private const int Step = 4;

    private static readonly Argument<string[]> Operands = new("MOUNTPOINT") { Arity = ArgumentArity.ZeroOrMore };

    /// <summary>The command, which nobody is told of under this name.</summary>
    public static Command Grammar()
    {
        var command = Commands.Grammar.Command(
            Name,
            "show how much of each file is here",
            new HelpPage(["btfsstat MOUNTPOINT..."], "Shows how much of each file in a mount is here. \"btfs status\" shows more."),
            Operands,
            line => Task.FromResult(Run(line.GetValue(Operands) ?? [])));
        command.Hidden = true;
        return command;
    }

    private static ExitCode Run(string[] folders)
    {
        if (folders is [])
        {
            throw new CommandException(ExitCode.Usage, "MOUNTPOINT", "missing", "It is btfsstat MOUNTPOINT...");
        }

        foreach (var folder in folders)
        {
            if (ExtendedAttributes.Read(folder, Marker) is null)
            {
                throw new CommandException(ExitCode.System, folder, "is not a btfs mount", "Name the directory that a torrent is mounted on.");
            }

            Show(new DirectoryInfo(Path.GetFullPath(folder)), indent: 0);
        }

        return ExitCode.Ok;
    }

    private static void Show(DirectoryInfo folder, int indent)
    {
        Console.Out.WriteLine($"{new string(' ', indent)}{CleanText.Line(folder.Name)}/");
        foreach (var entry in folder.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (entry.LinkTarget is not null)
            {
                continue;
            }

            if (entry is DirectoryInfo inner)
            {
                Show(inner, indent + Step);
            }
            else
            {
                var percent = ExtendedAttributes.Read(entry.FullName, Progress) ?? "?";
                Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{new string(' ', indent + Step)}{CleanText.Line(entry.Name)} ({percent,3}%)"));
            }
        }
    }
}
