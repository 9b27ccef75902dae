using System.CommandLine;
using System.Text;

namespace BtFs.Commands;

/// <summary>What <c>--help</c> prints of a command, made from its grammar.</summary>
/// <param name="Usage">How it is called; one line each.</param>
/// <param name="About">What it does, in lines of at most 80 columns.</param>
/// <param name="Groups">Its options; none for a command that has none.</param>
internal sealed record HelpPage(IReadOnlyList<string> Usage, string About, params IReadOnlyList<OptionGroup> Groups)
{
    private const int Width = 80;
    private const int Indent = 4;

    /// <summary>Where the meanings begin.</summary>
    private const int Column = 30;

    /// <summary>What comes last: exit codes, examples.</summary>
    public string Notes { get; init; } = "";

    /// <summary>The page, without a line feed at its end.</summary>
    public string Text
    {
        get
        {
            var text = new StringBuilder();
            for (var i = 0; i < Usage.Count; i++)
            {
                text.Append(i == 0 ? "usage: " : "       ").Append(Usage[i]).Append('\n');
            }

            text.Append('\n').Append(About).Append('\n');
            foreach (var group in Groups)
            {
                text.Append('\n').Append(group.Title).Append(":\n");
                foreach (var option in group.Options)
                {
                    Append(text, option);
                }
            }

            if (Notes.Length > 0)
            {
                text.Append('\n').Append(Notes).Append('\n');
            }

            return text.ToString().TrimEnd('\n');
        }
    }

    private static void Append(StringBuilder text, Option option)
    {
        var names = NamesOf(option);
        text.Append(' ', Indent).Append(names);
        var column = Indent + names.Length;
        if (column > Column - 2)
        {
            text.Append('\n');
            column = 0;
        }

        foreach (var word in (option.Description ?? "").Split(' '))
        {
            if (column + 1 + word.Length > Width && column > Column)
            {
                text.Append('\n');
                column = 0;
            }

            var gap = column < Column ? Column - column : 1;
            text.Append(' ', gap).Append(word);
            column += gap + word.Length;
        }

        text.Append('\n');
    }

    /// <summary>As in <c>-k, --keep</c> and <c>--cache-size=SIZE</c>.</summary>
    private static string NamesOf(Option option)
    {
        var names = string.Join(", ", option.Aliases.Append(option.Name).OrderBy(name => name.Length));
        return option.HelpName is not { } value ? names : $"{names}={value}";
    }
}
