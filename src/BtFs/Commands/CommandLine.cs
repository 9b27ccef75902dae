using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using BtFs.Running;
using BtFs.Settings;

namespace BtFs.Commands;

/// <summary>The grammar: <c>btfs [options] SOURCE MOUNTPOINT</c>, and the commands beside it.</summary>
internal static class CommandLine
{
    /// <summary>A first word that is the root's name would be dropped, and no command may have it: files are called btfs, and so are links to btfsstat.</summary>
    private const string NoName = ":";

    /// <summary>Parses and runs.</summary>
    /// <param name="arguments">Without the program's own name.</param>
    /// <param name="sources">Where options come from that are not among the arguments.</param>
    /// <param name="audience">Waits for the outcome.</param>
    /// <param name="pipe">Set in the process that works in the background.</param>
    /// <exception cref="CommandException">The command line makes no sense, or the command failed.</exception>
    public static async Task<ExitCode> RunAsync(string[] arguments, SettingSources sources, IStatusAudience audience, StatusPipe? pipe)
    {
        // A first word like [this] would be a directive to the parser, but is the name of many a torrent: it must not come first.
        if (arguments is [['[', ..], ..])
        {
            arguments = [MountOptions.SingleThread.Name, .. arguments];
        }

        var root = Root(audience, pipe);
        var line = Parse(root, arguments);
        if (line.Action is TextAction)
        {
            return await InvokeAsync(line);
        }

        RefuseStray(line);
        var settled = new SettledLine(line, sources);
        foreach (var unknown in pipe is null ? settled.UnknownVariables : [])
        {
            audience.Note($"{unknown}: no option is called so, the variable is ignored");
        }

        try
        {
            return await InvokeAsync(Parse(root, [.. settled.Words, .. arguments]));
        }
        catch (CommandException e)
        {
            throw settled.Explained(e);
        }
    }

    private static ParseResult Parse(Command root, IReadOnlyList<string> arguments)
    {
        var line = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        return line.Action is ParseErrorAction ? throw Explain(line.Errors[0]) : line;
    }

    private static async Task<ExitCode> InvokeAsync(ParseResult line) =>
        (ExitCode)await line.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });

    /// <summary>An option before the name of a command that does not know it would be dropped without a word.</summary>
    private static void RefuseStray(ParseResult line)
    {
        var command = line.CommandResult.Command;
        var stray = line.RootCommandResult.Children.OfType<OptionResult>().FirstOrDefault(result => !result.Implicit && !command.Options.Contains(result.Option));
        if (stray is not null)
        {
            throw new CommandException(
                ExitCode.Usage, stray.Option.Name, $"is no option of 'btfs {command.Name}', or stands in the wrong place", $"Options come after the command: btfs {command.Name} --help lists them.");
        }
    }

    /// <summary>The whole grammar; what it does is in the commands.</summary>
    internal static Command Root(IStatusAudience audience, StatusPipe? pipe)
    {
        var root = new Command(NoName, "A torrent as a folder.");
        root.Add(MountOptions.Operands);
        foreach (var option in MountOptions.All)
        {
            root.Add(option);
        }

        root.Add(MountOptions.Fake);
        root.SetAction(async (line, _) => (int)await MountCommand.RunAsync(line, audience, pipe));
        root.Add(MountCommand.Grammar(audience, pipe));
        root.Add(UnmountCommand.Grammar());
        root.Add(ListCommand.Grammar(audience));
        root.Add(AddCommand.Grammar(audience));
        root.Add(RemoveCommand.Grammar());
        root.Add(PlayCommand.Grammar(audience));
        root.Add(SeedCommand.Grammar(audience));
        root.Add(CacheCommand.Grammar());
        root.Add(StatusCommand.Grammar());
        root.Add(StatCommand.Grammar());
        root.Add(DoctorCommand.Grammar());
        root.Add(CompletionCommand.Grammar(root));
        root.Add(HelpCommand.Grammar(root));

        var commands = root.Subcommands.Where(command => !command.Hidden).Select(command => command.Name);
        root.Add(Grammar.Printing("--help", ["-h"], () => HelpText.ShortFor(commands), "show the most used options"));
        root.Add(Grammar.Printing("--help-all", [], () => HelpText.Mount.Text, "show all options"));
        root.Add(Grammar.Printing("--help-fuse", [], () => HelpText.MountWords, "show the words that may follow -o"));
        root.Add(Grammar.Printing("--version", ["-v", "-V"], () => HelpText.Version, "show the version"));
        return root;
    }

    private static CommandException Explain(ParseError error) => error.SymbolResult switch
    {
        OptionResult { IdentifierTokenCount: > 1 } option => new CommandException(ExitCode.Usage, option.Option.Name, "given more than once"),
        OptionResult option => new CommandException(ExitCode.Usage, option.Option.Name, "needs a value", "Try: btfs --help"),
        _ => new CommandException(ExitCode.Usage, "command line", error.Message, "Try: btfs --help"),
    };
}
