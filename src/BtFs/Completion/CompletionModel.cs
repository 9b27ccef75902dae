using System.CommandLine;

namespace BtFs.Completion;

/// <summary>What completions need of the grammar.</summary>
/// <param name="Commands">Every command that people are told of, the root first.</param>
internal sealed record CompletionModel(IReadOnlyList<CompletedCommand> Commands)
{
    /// <summary>Every option once, for what is to be said of its values.</summary>
    public IEnumerable<CompletedOption> Options => Commands.SelectMany(command => command.Options).DistinctBy(option => option.Names[0]);

    /// <summary>Reads a grammar.</summary>
    public static CompletionModel Of(Command root) => new([.. Walk(root, "")]);

    private static IEnumerable<CompletedCommand> Walk(Command command, string path)
    {
        var inner = command.Subcommands.Where(sub => !sub.Hidden).ToList();
        var operands = command.Arguments.Count == 0 ? ValueKind.None : KindOf(command.Arguments[0].Name);
        yield return new CompletedCommand(
            path,
            command.Description ?? "",
            [.. inner.Select(sub => sub.Name)],
            [.. command.Options.Where(option => !option.Hidden).Select(OptionOf)],
            operands,
            command.Arguments.Count == 0 ? [] : WordsOf(command.Arguments[0].Name));
        foreach (var one in inner.SelectMany(sub => Walk(sub, path.Length == 0 ? sub.Name : $"{path} {sub.Name}")))
        {
            yield return one;
        }
    }

    private static CompletedOption OptionOf(Option option) => new(
        [option.Name, .. option.Aliases],
        option.Description ?? "",
        option.HelpName,
        option.HelpName is { } value ? KindOf(value) : ValueKind.None,
        option.HelpName is { } words ? WordsOf(words) : [],
        option is Option<string[]>);

    private static ValueKind KindOf(string value) => value switch
    {
        "DIR" or "MOUNTPOINT" => ValueKind.Directory,
        "FILE" or "PATH" or "SOURCE" or "SOURCE MOUNTPOINT" => ValueKind.File,
        _ => WordsOf(value).Count > 0 ? ValueKind.Word : ValueKind.Other,
    };

    /// <summary>Of <c>disk|memory[:SIZE]</c>: disk, memory.</summary>
    private static IReadOnlyList<string> WordsOf(string value) =>
        value.Contains('|', StringComparison.Ordinal) ? [.. value.Split('|').Select(word => word.Split('[')[0])] : [];
}
