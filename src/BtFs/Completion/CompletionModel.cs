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

/// <summary>A command.</summary>
/// <param name="Path">Its words; empty for the root.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Inner">The commands below it.</param>
/// <param name="Options">Its options.</param>
/// <param name="Operands">What it takes beside.</param>
/// <param name="Words">One of these, where operands are <see cref="ValueKind.Word"/>.</param>
internal sealed record CompletedCommand(
    string Path, string Summary, IReadOnlyList<string> Inner, IReadOnlyList<CompletedOption> Options, ValueKind Operands, IReadOnlyList<string> Words);

/// <summary>An option.</summary>
/// <param name="Names">The long one first.</param>
/// <param name="Meaning">For people.</param>
/// <param name="ValueName">What its value is called, or null for a flag.</param>
/// <param name="Value">What its value is.</param>
/// <param name="Words">The values there are, where they are <see cref="ValueKind.Word"/>.</param>
/// <param name="IsRepeatable">Whether it may come again.</param>
internal sealed record CompletedOption(
    IReadOnlyList<string> Names, string Meaning, string? ValueName, ValueKind Value, IReadOnlyList<string> Words, bool IsRepeatable);

/// <summary>What a value is.</summary>
internal enum ValueKind
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>Nothing that could be completed.</summary>
    Other,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A file.</summary>
    File,

    /// <summary>One of a few words.</summary>
    Word,
}
