using System.CommandLine;

namespace BtFs.Commands;

/// <summary>Makes commands. A command of the program is one class with a method that calls this, and one line in <see cref="CommandLine"/>.</summary>
internal static class Grammar
{
    /// <summary>A command with its options, its operands and its <c>--help</c>.</summary>
    /// <param name="name">The word it is called by.</param>
    /// <param name="summary">What it does, in half a line.</param>
    /// <param name="page">Its help; the options in it are its options.</param>
    /// <param name="operands">What it takes beside options, or null for nothing.</param>
    /// <param name="run">Does it.</param>
    public static Command Command(string name, string summary, HelpPage page, Argument? operands, Func<ParseResult, Task<ExitCode>> run)
    {
        var command = new Command(name, summary) { Printing("--help", ["-h"], () => page.Text, "show this message") };
        if (operands is not null)
        {
            command.Add(operands);
        }

        foreach (var option in page.Groups.SelectMany(group => group.Options))
        {
            command.Add(option);
        }

        command.SetAction(async (line, _) => (int)await run(line));
        return command;
    }

    /// <summary>An option that prints a text, whatever else is on the line.</summary>
    public static Option<bool> Printing(string name, string[] aliases, Func<string> text, string meaning) =>
        new(name, aliases) { Action = new TextAction(text), Description = meaning };
}
