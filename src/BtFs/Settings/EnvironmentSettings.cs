using System.CommandLine;
using BtFs.Commands;
using BtFs.Playing;
using BtFs.Running;

namespace BtFs.Settings;

/// <summary>Options from the environment: <c>BTFS_CACHE_SIZE=2G</c>. An empty variable says nothing.</summary>
internal static class EnvironmentSettings
{
    /// <summary>Reads what is there.</summary>
    /// <exception cref="CommandException">A flag is neither on nor off.</exception>
    public static IReadOnlyList<Setting> Read(IReadOnlyDictionary<string, string> variables) =>
    [
        .. SettingNames.Options.SelectMany(option =>
        {
            var variable = SettingNames.VariableOf(option);
            return variables.TryGetValue(variable, out var text) && text.Length > 0
                ? ValuesOf(option, text).Select(value => SettingNames.Checked(option, value, variable))
                : [];
        }),
    ];

    /// <summary>Variables that look like ours and are not.</summary>
    public static IEnumerable<string> UnknownIn(IReadOnlyDictionary<string, string> variables)
    {
        var known = SettingNames.Options.Select(SettingNames.VariableOf).Append(StatusPipe.Variable).Append(PlayerProgram.Variable).ToHashSet();
        return variables.Keys.Where(name => name.StartsWith(SettingNames.VariablePrefix, StringComparison.Ordinal) && !known.Contains(name)).Order(StringComparer.Ordinal);
    }

    /// <summary>What may be repeated stands between commas. The words of <c>-o</c> do anyway.</summary>
    private static string[] ValuesOf(Option option, string text) => option is Option<string[]> && option != MountOptions.MountWords
        ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : [text];
}
