using System.CommandLine;

namespace BtFs.Commands;

/// <summary><c>btfs help [COMMAND]</c>: prints what <c>btfs COMMAND --help</c> prints.</summary>
internal static class HelpCommand
{
    private static readonly Argument<string[]> Operands = new("COMMAND") { Arity = ArgumentArity.ZeroOrMore };

    /// <summary>The command.</summary>
    /// <param name="root">Has the commands that can be asked for.</param>
    public static Command Grammar(Command root) => Commands.Grammar.Command(
        "help",
        "explain a command",
        new HelpPage(["btfs help [COMMAND]"], "Prints what \"btfs COMMAND --help\" prints."),
        Operands,
        line =>
        {
            Console.Out.WriteLine(TextOf(root, line.GetValue(Operands) ?? []));
            return Task.FromResult(ExitCode.Ok);
        });

    private static string TextOf(Command root, string[] words)
    {
        var command = root;
        foreach (var word in words)
        {
            command = command.Subcommands.FirstOrDefault(candidate => candidate.Name == word && !candidate.Hidden)
                ?? throw new CommandException(ExitCode.Usage, word, "there is no such command", "Try: btfs --help");
        }

        return command.Options.Select(option => option.Action).OfType<TextAction>().First().Text;
    }
}
