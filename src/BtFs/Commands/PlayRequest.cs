using System.CommandLine;
using BtFs.Playing;

namespace BtFs.Commands;

/// <summary>What the user wants to be played.</summary>
/// <param name="Mount">The torrent and all that is to be said of its mount; where, is not known yet.</param>
/// <param name="Wish">Which files.</param>
/// <param name="Player">The player's command, or null.</param>
/// <param name="ListOnly">Whether only a list is wanted.</param>
internal sealed record PlayRequest(MountRequest Mount, PlayWish Wish, string? Player, bool ListOnly)
{
    /// <summary>Reads a request.</summary>
    /// <exception cref="CommandException">It makes no sense.</exception>
    public static PlayRequest Read(ParseResult line)
    {
        var mount = MountRequestReader.Read(line, SourceOf(line.GetValue(PlayOptions.Operands) ?? []), "/");
        if (mount.Shown.BrowseOnly)
        {
            throw new CommandException(ExitCode.Usage, MountOptions.BrowseOnly.Name, "makes no sense when something is to be played");
        }

        var pattern = line.GetValue(PlayOptions.Pattern);
        return pattern is ""
            ? throw new CommandException(ExitCode.Usage, PlayOptions.Pattern.Name, "is empty", "--list shows what there is.")
            : new PlayRequest(
                mount with { Foreground = true },
                new PlayWish(pattern, Environment.CurrentDirectory),
                line.GetValue(PlayOptions.Player),
                line.GetValue(PlayOptions.List));
    }

    private static string SourceOf(string[] operands) => operands switch
    {
        _ when StrayOption.In(operands) is { } stray => throw stray,
        [] or [""] => throw new CommandException(ExitCode.Usage, "SOURCE", "missing: name a .torrent file, a magnet link, a URL or an infohash", "It is btfs play SOURCE."),
        [var source] => source,
        [_, var extra, ..] => throw new CommandException(ExitCode.Usage, extra, "one operand too many", "It is btfs play SOURCE; quote names with spaces."),
    };
}
