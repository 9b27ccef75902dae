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
        root.Add(Printing("--help", ["-h"], HelpText.Usage));
        root.Add(Printing("--help-fuse", [], HelpText.MountWords));
        root.Add(Printing("--version", ["-v", "-V"], HelpText.Version));
        root.Add(MountOptions.Operands);
        foreach (var option in MountOptions.All)
        {
            root.Add(option);
        }

        root.SetAction(async (line, _) => (int)await new MountCommand(audience, pipe).RunAsync(MountRequestReader.Read(line)));
        root.Add(Seed(audience));
        root.Add(Cache());
        return root;
    }

    private static Command Seed(IStatusAudience audience)
    {
        var seed = new Command("seed") { SeedOptions.Operands, Printing("--help", ["-h"], HelpText.Seed) };
        foreach (var option in SeedOptions.All)
        {
            seed.Add(option);
        }

        seed.SetAction(async (line, _) => (int)await new SeedCommand(audience, Console.Out, TimeProvider.System).RunAsync(SeedRequest.Read(line)));
        return seed;
    }

    private static Command Cache()
    {
        var list = new Command("list") { CacheOptions.Json, Printing("--help", ["-h"], HelpText.Cache) };
        list.SetAction(line => (int)new CacheCommand(Console.Out).List(CacheCommandRequest.Read(line)));
        var clean = new Command("clean") { CacheOptions.Operands, CacheOptions.All, Printing("--help", ["-h"], HelpText.Cache) };
        clean.SetAction(line => (int)new CacheCommand(Console.Out).Clean(CacheCommandRequest.Read(line)));
        var cache = new Command("cache") { CacheOptions.DataDirectory, CacheOptions.Json, Printing("--help", ["-h"], HelpText.Cache), list, clean };
        cache.SetAction(line => (int)new CacheCommand(Console.Out).List(CacheCommandRequest.Read(line)));
        return cache;
    }

    private static CommandException Explain(ParseError error) => error.SymbolResult switch
    {
        OptionResult { IdentifierTokenCount: > 1 } option => new CommandException(ExitCode.Usage, option.Option.Name, "given more than once"),
        OptionResult option => new CommandException(ExitCode.Usage, option.Option.Name, "needs a value", "Try: btfs --help"),
        _ => new CommandException(ExitCode.Usage, "command line", error.Message, "Try: btfs --help"),
    };

    private static Option<bool> Printing(string name, string[] aliases, string text) => new(name, aliases) { Action = new PrintAction(text) };

    private sealed class PrintAction(string text) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            Console.Out.WriteLine(text);
            return (int)ExitCode.Ok;
        }
    }
}
