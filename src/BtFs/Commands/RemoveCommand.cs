using System.CommandLine;
using BtFs.Libraries;

namespace BtFs.Commands;

/// <summary><c>btfs remove NAME MOUNTPOINT</c>: takes a torrent out of a mounted library.</summary>
/// <param name="output">Takes what was removed.</param>
internal sealed class RemoveCommand(TextWriter output)
{
    private static readonly Argument<string[]> Operands = new("TORRENT MOUNTPOINT") { Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<bool> DeleteCache = OptionDraft.Flag("--delete-cache", "remove what was downloaded, too");

    private static readonly HelpPage Page = new(
        ["btfs remove PATH", "btfs remove NAME|INFOHASH MOUNTPOINT"],
        """
        Removes a torrent from a mounted library. PATH is its folder there, as in
        btfs remove ~/torrents/film; rmdir does the same. Programs that read its
        files hear of an error.
        """,
        [new OptionGroup("removing", DeleteCache)])
    {
        Notes = "exit codes: 0 removed; 1 no such torrent; 4 no library is mounted there",
    };

    /// <summary>The command.</summary>
    public static Command Grammar() => Commands.Grammar.Command(
        "remove",
        "remove a torrent from a mounted library",
        Page,
        Operands,
        line => new RemoveCommand(Console.Out).RunAsync(line.GetValue(Operands) ?? [], line.GetValue(DeleteCache)));

    /// <exception cref="CommandException">It cannot be removed.</exception>
    public async Task<ExitCode> RunAsync(string[] operands, bool deleteCache)
    {
        var (torrent, mountPoint) = operands switch
        {
            _ when StrayOption.In(operands) is { } stray => throw stray,
            [var path] when path.Contains('/') => Split(path),
            [var path] when Directory.Exists(path) => Split(path),
            [var name, var place] => (NameOf(name), Path.GetFullPath(place)),
            _ => throw new CommandException(
                ExitCode.Usage, "remove", "needs the path of a torrent's folder, or its name and a MOUNTPOINT", "It is btfs remove MOUNTPOINT/NAME, as btfs add has printed it."),
        };
        var verb = deleteCache ? ControlVerb.Delete : ControlVerb.Remove;
        var reply = await ControlClient.AskAsync(mountPoint, new ControlRequest(verb, torrent, default), torrent);
        output.WriteLine(CleanText.Line($"removed {reply.Text}"));
        return ExitCode.Ok;
    }

    private static (string Torrent, string MountPoint) Split(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        return (Path.GetFileName(full), Path.GetDirectoryName(full) ?? "/");
    }

    /// <summary>With a mount point behind it, a path is as good as a name.</summary>
    private static string NameOf(string torrent) => torrent.Contains('/') ? Path.GetFileName(Path.TrimEndingDirectorySeparator(torrent)) : torrent;
}
