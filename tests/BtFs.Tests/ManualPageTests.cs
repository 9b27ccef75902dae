using System.CommandLine;
using System.Text.RegularExpressions;
using BtFs.Commands;
using BtFs.Running;

namespace BtFs.Tests;

/// <summary>The manual page has what the grammar has, and nothing else.</summary>
public sealed partial class ManualPageTests
{
    private static readonly string Page = Read("btfs.1");

    [Fact]
    public void Every_option_of_every_command_is_in_the_manual_page()
    {
        var written = OptionsIn(Page).ToHashSet();

        Assert.Empty(Commands(Root()).SelectMany(Names).Distinct().Where(name => !written.Contains(name)));
    }

    [Fact]
    public void The_manual_page_explains_no_option_that_is_not_there()
    {
        var known = Commands(Root()).SelectMany(Names).ToHashSet();
        var explained = Page.Split('\n').Where(line => line.StartsWith(".It Fl", StringComparison.Ordinal)).SelectMany(OptionsIn);

        Assert.Empty(explained.Where(name => !known.Contains(name)));
    }

    [Fact]
    public void Every_command_is_in_the_manual_page()
    {
        var commands = Root().Subcommands.Where(command => !command.Hidden).Select(command => command.Name);

        Assert.Empty(commands.Where(name => !Page.Contains($".Ss btfs {name}", StringComparison.Ordinal) && !Page.Contains($".Op Cm {name}\n", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_word_that_may_follow_o_is_in_the_manual_page_of_mount_btfs()
    {
        var page = Read("mount.btfs.8");
        var words = MountWord().Matches(HelpText.MountWords).Select(match => match.Groups[1].Value).ToArray();

        Assert.Contains("allow_other", words);
        Assert.Empty(words.Where(word => !page.Contains($"Cm {word}", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_options_of_a_mount_are_those_of_the_readme()
    {
        var readme = Read("README.md");
        var table = readme[readme.IndexOf("\n## Options", StringComparison.Ordinal)..readme.IndexOf("\n## When it does not work", StringComparison.Ordinal)];
        var written = table.Split('\n').Where(line => line.StartsWith("| `-", StringComparison.Ordinal))
            .SelectMany(line => LongOption().Matches(line.Split(" | ")[0]).Select(match => match.Value)).ToHashSet();
        var known = MountOptions.All.Where(option => !option.Hidden).Select(option => option.Name).Where(name => name.StartsWith("--", StringComparison.Ordinal)).ToHashSet();

        // Written as -o, which nobody gives another name by hand.
        known.Remove("--options");
        Assert.Empty(known.Except(written));
        Assert.Empty(written.Except(Commands(Root()).SelectMany(Names)));
    }

    [Fact]
    public void Every_exit_code_is_in_the_manual_page()
    {
        var status = Page[Page.IndexOf(".Sh EXIT STATUS", StringComparison.Ordinal)..Page.IndexOf(".Sh EXAMPLES", StringComparison.Ordinal)];

        Assert.Equal(Enum.GetValues<ExitCode>().Select(code => $".It {(int)code}"), status.Split('\n').Where(line => line.StartsWith(".It ", StringComparison.Ordinal)));
    }

    private static string Read(string document) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, document));

    private static Command Root() => CommandLine.Root(new Terminal(TextWriter.Null, isTerminal: false), pipe: null);

    private static IEnumerable<Command> Commands(Command command) =>
        command.Hidden ? [] : [command, .. command.Subcommands.SelectMany(Commands)];

    private static IEnumerable<string> Names(Command command) =>
        command.Options.Where(option => !option.Hidden).SelectMany(option => option.Aliases.Append(option.Name));

    private static IEnumerable<string> OptionsIn(string text) =>
        Option().Matches(text).Select(match => match.Groups[1].Success ? $"--{match.Groups[1].Value}" : $"-{match.Groups[2].Value}");

    [GeneratedRegex(@"(?m)(?<=^    |^    \w+=\w, )([a-z_]+)(?=[ =,]|$)")]
    private static partial Regex MountWord();

    [GeneratedRegex("--[a-z][a-z-]*")]
    private static partial Regex LongOption();

    [GeneratedRegex(@"Fl (?:Fl ([a-z][a-z-]*)|([A-Za-z])\b)")]
    private static partial Regex Option();
}
