using System.CommandLine;
using static BtFs.Commands.OptionDraft;

namespace BtFs.Commands;

/// <summary>The options of <c>btfs status</c>.</summary>
internal static class StatusOptions
{
    public static readonly Argument<string?> Operands = new("MOUNTPOINT") { Arity = ArgumentArity.ZeroOrOne };

    public static readonly Option<bool> Watch = Flag("--watch", "show it again every second, until q is pressed", "-w");
    public static readonly Option<bool> Json = Flag("--json", "for programs; docs/STATUS.md says what is in it");

    public static readonly HelpPage Page = new(
        ["btfs status [options] [MOUNTPOINT]"],
        """
        Shows what a mount does: torrents, who reads which file and what a read waits
        for, peers, rates, trackers, cache. Without MOUNTPOINT all mounts of btfs that
        you may look at. The same is in MOUNTPOINT/.btfs, in files.
        """,
        new OptionGroup("options", Watch, Json))
    {
        Notes = "exit codes: 0 shown; 1 usage; 4 no mount of btfs is there, or it does not answer",
    };
}
