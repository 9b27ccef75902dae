using System.Text;
using BtFs.Running;

namespace BtFs.Playing;

/// <summary>A player that is installed, and how it is told what to play.</summary>
/// <param name="Path">The program, absolute.</param>
/// <param name="Words">What the user has it started with; one word may be <see cref="Place"/>.</param>
internal sealed record PlayerProgram(string Path, IReadOnlyList<string> Words)
{
    /// <summary>Stands where the files go.</summary>
    public const string Place = "{}";

    /// <summary>Environment variable with the command of the player that the user likes.</summary>
    public const string Variable = "BTFS_PLAYER";

    private static readonly string[] Known = ["mpv", "vlc", "celluloid", "totem", "ffplay"];

    /// <summary>Without its folder.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Whether it may hand the files over to a window that is open already, and end.</summary>
    public bool HandsOver => Name is "celluloid" or "totem";

    /// <summary>Finds the player that is asked for, or the first that there is.</summary>
    /// <param name="asked"><c>--player</c>, or null.</param>
    /// <param name="variable">Reads the environment: <c>BTFS_PLAYER</c>, <c>PATH</c>.</param>
    /// <exception cref="CommandException">There is none.</exception>
    public static PlayerProgram Find(string? asked, Func<string, string?> variable)
    {
        var folders = (variable("PATH") is { Length: > 0 } path ? path : "/usr/local/bin:/usr/bin:/bin").Split(':').Where(folder => folder is ['/', ..]).ToList();
        var (option, command) = asked is not null ? ($"--player={asked}", asked) : (Variable, variable(Variable));
        if (asked is not null || command is { Length: > 0 })
        {
            return ShellWords.Split(command!) switch
            {
                null => throw new CommandException(ExitCode.Usage, option, "a quotation mark is not closed"),
                [] or ["", ..] => throw new CommandException(ExitCode.Usage, option, "names no program", "It is a command, as in --player='mpv --fs'."),
                [var program, .. var words] => new PlayerProgram(
                    Locate(program, folders) ?? throw new CommandException(
                        ExitCode.System, $"player {program}", "there is no such program", "Install it, or name another with --player=COMMAND."),
                    words),
            };
        }

        return Known.Select(name => Locate(name, folders)).OfType<string>().FirstOrDefault() is { } found
            ? new PlayerProgram(found, [])
            : throw new CommandException(
                ExitCode.System,
                "player",
                $"none of {string.Join(", ", Known)} is installed",
                "Install one (sudo apt-get install mpv), or name yours with --player=COMMAND.");
    }

    /// <summary>The runs that play these files one after the other, each the arguments of one; players mostly take all of them at once.</summary>
    /// <param name="files">What to play.</param>
    /// <param name="folder">Where they are mounted, absolute: so no name can pass for an option or an address.</param>
    public IEnumerable<IReadOnlyList<string>> RunsFor(IReadOnlyList<MediaFile> files, string folder)
    {
        if (Words.Contains(Place))
        {
            return [[.. Words.SelectMany(word => word == Place ? files.Select(file => In(folder, file.Path)) : [word])]];
        }

        return Name switch
        {
            // It takes one file, and no "--".
            "ffplay" => files.Select(file => (IReadOnlyList<string>)[.. Words, "-autoexit", "-i", In(folder, file.Path)]),
            "mpv" => [[.. Words, .. files.SelectMany(file => OfMpv(file, folder))]],
            "vlc" => [["--play-and-exit", .. Words, .. files.SelectMany(file => OfVlc(file, folder))]],
            "celluloid" or "totem" => [[.. Words, "--", .. files.Select(file => In(folder, file.Path))]],
            _ => [[.. Words, .. files.Select(file => In(folder, file.Path))]],
        };
    }

    /// <summary>Options between braces are for the files between them.</summary>
    private static IEnumerable<string> OfMpv(MediaFile file, string folder) => file.Subtitles.Count == 0
        ? [In(folder, file.Path)]
        : ["--{", .. file.Subtitles.Select(path => $"--sub-file={In(folder, path)}"), In(folder, file.Path), "--}"];

    /// <summary>Options with a colon are for the file before them; it takes one file of subtitles.</summary>
    private static IEnumerable<string> OfVlc(MediaFile file, string folder) =>
        [In(folder, file.Path), .. file.Subtitles.Take(1).Select(path => $":sub-file={In(folder, path)}")];

    private static string In(string folder, string path) => $"{folder}/{path}";

    private static string? Locate(string program, IReadOnlyList<string> folders) => program.Contains('/')
        ? IsProgram(System.IO.Path.GetFullPath(program)) ? System.IO.Path.GetFullPath(program) : null
        : folders.Select(folder => System.IO.Path.Combine(folder, program)).FirstOrDefault(IsProgram);

    private static unsafe bool IsProgram(string path)
    {
        fixed (byte* bytes = Encoding.UTF8.GetBytes(path + "\0"))
        {
            return File.Exists(path) && LibC.access(bytes, LibC.MayExecute) == 0;
        }
    }
}
