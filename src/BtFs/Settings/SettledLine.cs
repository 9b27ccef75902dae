using System.CommandLine;
using System.CommandLine.Parsing;
using BtFs.Commands;

namespace BtFs.Settings;

/// <summary>The options that a command line leaves open, from elsewhere: command line before environment before the user's file before the system's.</summary>
/// <remarks>What stands before replaces what stands behind, also where an option may be repeated, and where two options exclude each other.</remarks>
internal sealed class SettledLine
{
    private static readonly (Option, Option)[] Exclusions =
    [
        (MountOptions.NoUtp, MountOptions.UtpOnly),
        (MountOptions.NoDht, MountOptions.DhtNodes),
        (MountOptions.Quiet, MountOptions.Verbose),
        (MountOptions.Quiet, MountOptions.Debug),
        (MountOptions.Cache, MountOptions.Keep),
        (MountOptions.Cache, MountOptions.CachePersist),
        (MountOptions.Cache, MountOptions.DataDirectory),
        (MountOptions.Cache, MountOptions.CacheSize),
        (MountOptions.Cache, MountOptions.CacheMinFree),
    ];

    private readonly List<Setting> _added = [];

    /// <summary>Settles a command line.</summary>
    /// <param name="line">As it was typed.</param>
    /// <param name="sources">What else there is.</param>
    /// <exception cref="CommandException">A variable or a file makes no sense.</exception>
    public SettledLine(ParseResult line, SettingSources sources)
    {
        var takes = line.CommandResult.Command.Options.Select(option => option.Name).ToHashSet();
        var decided = new List<Setting>(SettingNames.Options.SelectMany(option => Given(line, option)));
        Add(MountWordSettings.Read(line.GetValue(MountOptions.MountWords) ?? [], "-o"), takes, decided);
        var variables = EnvironmentSettings.Read(sources.Variables);
        Add(variables, takes, decided);
        var withoutFiles = decided.Concat(variables).FirstOrDefault(setting => setting.Option == MountOptions.NoConfig) is { IsOff: false };
        foreach (var file in sources.Files(wanted: !withoutFiles))
        {
            Add(file, takes, decided);
        }

        UnknownVariables = decided.Exists(setting => setting.Option == MountOptions.Verbose && !setting.IsOff) ? [.. EnvironmentSettings.UnknownIn(sources.Variables)] : [];
    }

    /// <summary>What to put before the words of the command line.</summary>
    public IEnumerable<string> Words => _added.Select(setting => $"{setting.Option.Name}={setting.Value}");

    /// <summary>Variables that look like ours, to be told of where much is told.</summary>
    public IReadOnlyList<string> UnknownVariables { get; }

    /// <summary>Names in a complaint about an option where its value comes from.</summary>
    public CommandException Explained(CommandException e) => _added.Find(setting => Names(e.Subject, setting.Option)) is { } setting
        ? new CommandException(e.Code, $"{setting.Origin}: {e.Subject}", e.Reason, e.Remedy)
        : e;

    private static bool Names(string subject, Option option) => option.Aliases.Append(option.Name).Any(name =>
        subject.StartsWith(name, StringComparison.Ordinal) && (subject.Length == name.Length || subject[name.Length] is '=' or ' '));

    /// <summary>By its name, for commands have options of their own that are called like the mount's.</summary>
    private static IEnumerable<Setting> Given(ParseResult line, Option option)
    {
        var own = line.CommandResult.Command.Options.FirstOrDefault(candidate => candidate.Name == option.Name) ?? option;
        if (line.GetResult(own) is not { Implicit: false } result)
        {
            return [];
        }

        var values = result.Tokens.Select(token => token.Value).DefaultIfEmpty(SettingNames.On);
        return values.Select(value => new Setting(option, value, option.Name));
    }

    /// <summary>Adds what a layer says and no layer before it.</summary>
    private void Add(IEnumerable<Setting> layer, HashSet<string> takes, List<Setting> decided)
    {
        var open = layer.Where(setting => takes.Contains(setting.Option.Name) && !decided.Exists(other => other.Option == setting.Option || Exclude(other, setting))).ToList();
        var words = open.Where(setting => setting.Option == MountOptions.MountWords)
            .SelectMany(setting => MountWordSettings.Read([setting.Value], setting.Origin))
            .Where(word => takes.Contains(word.Option.Name) && !decided.Concat(open).Any(other => other.Option == word.Option || Exclude(other, word)));
        open.AddRange([.. words]);

        // In one file the last line counts, but where lines may be repeated.
        var counting = open.Where((setting, i) => setting.Option is Option<string[]> || open.FindLastIndex(other => other.Option == setting.Option) == i).ToList();
        decided.AddRange(counting);
        _added.AddRange(counting);
    }

    private static bool Exclude(Setting one, Setting other) =>
        !one.IsOff && !other.IsOff && !IsCacheOnDisk(one) && !IsCacheOnDisk(other)
        && Array.Exists(Exclusions, pair => pair == (one.Option, other.Option) || pair == (other.Option, one.Option));

    private static bool IsCacheOnDisk(Setting setting) => setting.Option == MountOptions.Cache && !setting.Value.StartsWith("memory", StringComparison.Ordinal);
}
