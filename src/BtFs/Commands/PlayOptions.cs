using System.CommandLine;
using static BtFs.Commands.OptionDraft;

namespace BtFs.Commands;

/// <summary>The options of <c>btfs play SOURCE</c>: its own, and those of a mount.</summary>
internal static class PlayOptions
{
    public static readonly Argument<string[]> Operands = new("SOURCE") { Arity = ArgumentArity.ZeroOrMore };

    public static readonly Option<string> Player = Taking(
        "--player", "COMMAND", "play with this, as in 'mpv --fs'; {} is where the files go [$BTFS_PLAYER, or the first of mpv, vlc, celluloid, totem, ffplay]");
    public static readonly Option<string> Pattern = Taking(
        "--file", "PATTERN", "play these: a number of --list, a path, name or folder, with * and ? [the film, the season or the album]");
    public static readonly Option<bool> List = Flag("--list", "show what could be played, and play nothing");

    public static readonly HelpPage Page = new(
        ["btfs play [options] SOURCE"],
        """
        Mounts a torrent in a folder of its own, plays what is in it while it loads,
        and puts everything away when the player ends. Its exit code is the player's.
        """,
        [new OptionGroup("playing", Player, Pattern, List), .. MountOptions.Groups]);
}
