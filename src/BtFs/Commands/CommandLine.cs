using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using BtFs.Running;

namespace BtFs.Commands;

/// <summary>The grammar: <c>btfs [options] SOURCE MOUNTPOINT</c>, and the commands beside it.</summary>
internal static class CommandLine
{
    /// <summary>Parses and runs.</summary>
    /// <param name="arguments">Without the program's own name.</param>
    /// <param name="audience">Waits for the outcome.</param>
    /// <param name="pipe">Set in the process that works in the background.</param>
    /// <exception cref="CommandException">The command line makes no sense, or the command failed.</exception>
    public static async Task<ExitCode> RunAsync(string[] arguments, IStatusAudience audience, StatusPipe? pipe)
    {
        // A first word like [this] would be a directive to the parser, but is the name of many a torrent: it must not come first.
        if (arguments is [['[', ..], ..])
        {
            arguments = [MountOptions.SingleThread.Name, .. arguments];
        }

        var line = Root(audience, pipe).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (line.Action is ParseErrorAction)
        {
            throw Explain(line.Errors[0]);
        }

        return (ExitCode)await line.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    /// <summary>The whole grammar; what it does is in the commands.</summary>
    internal static RootCommand Root(IStatusAudience audience, StatusPipe? pipe)
    {
        var root = new RootCommand("A torrent as a folder.");
        root.Options.Clear();
        root.Add(Grammar.Printing("--help", ["-h"], HelpText.Short, "show the most used options"));
        root.Add(Grammar.Printing("--help-all", [], HelpText.Mount.Text, "show all options"));
        root.Add(Grammar.Printing("--help-fuse", [], HelpText.MountWords, "show the words that may follow -o"));
        root.Add(Grammar.Printing("--version", ["-v", "-V"], HelpText.Version, "show the version"));
        root.Add(MountOptions.Operands);
        foreach (var option in MountOptions.All)
        {
            root.Add(option);
        }

        root.SetAction(async (line, _) => (int)await MountCommand.RunAsync(line, audience, pipe));
        root.Add(MountCommand.Grammar(audience, pipe));
        root.Add(AddCommand.Grammar(audience));
        root.Add(RemoveCommand.Grammar());
        root.Add(SeedCommand.Grammar(audience));
        root.Add(CacheCommand.Grammar());
        return root;
    }

    private static CommandException Explain(ParseError error) => error.SymbolResult switch
    {
        OptionResult { IdentifierTokenCount: > 1 } option => new CommandException(ExitCode.Usage, option.Option.Name, "given more than once"),
        OptionResult option => new CommandException(ExitCode.Usage, option.Option.Name, "needs a value", "Try: btfs --help"),
        _ => new CommandException(ExitCode.Usage, "command line", error.Message, "Try: btfs --help"),
    };
}
