using System.CommandLine;
using BtFs.Commands;

namespace BtFs.Settings;

/// <summary>By which names options are set elsewhere than on the command line: <c>BTFS_CACHE_SIZE</c>, <c>cache-size</c>, <c>cache_size</c>.</summary>
internal static class SettingNames
{
    /// <summary>A flag's value that switches it on.</summary>
    public const string On = "true";

    /// <summary>A flag's value that switches it off.</summary>
    public const string Off = "false";

    /// <summary>What the names of our variables begin with.</summary>
    public const string VariablePrefix = "BTFS_";

    private const string Dashes = "--";

    /// <summary>Everything that can be set: the mount's options that have a long name.</summary>
    public static IEnumerable<Option> Options => MountOptions.All.Where(option => option.Name.StartsWith(Dashes, StringComparison.Ordinal));

    /// <summary>The option of a name, which may have underscores for its dashes; null where there is none.</summary>
    public static Option? OptionOf(string name) =>
        Options.FirstOrDefault(option => option.Name.AsSpan(Dashes.Length).SequenceEqual(name.Replace('_', '-')));

    /// <summary>The environment variable of an option.</summary>
    public static string VariableOf(Option option) => VariablePrefix + option.Name[Dashes.Length..].Replace('-', '_').ToUpperInvariant();

    /// <summary>Checks what was written for an option.</summary>
    /// <param name="option">The option.</param>
    /// <param name="text">Its value; null where just its name was written.</param>
    /// <param name="origin">Where.</param>
    /// <exception cref="CommandException">A flag is neither on nor off, or another option has no value.</exception>
    public static Setting Checked(Option option, string? text, string origin)
    {
        var name = option.Name[Dashes.Length..];
        if (option is not Option<bool>)
        {
            return text is { Length: > 0 }
                ? new Setting(option, text, origin)
                : throw new CommandException(ExitCode.Usage, origin, $"{name} needs a value", $"As in: {name} = {option.HelpName}");
        }

        return text?.ToLowerInvariant() switch
        {
            null or "1" or On or "yes" or "on" => new Setting(option, On, origin),
            "0" or Off or "no" or "off" => new Setting(option, Off, origin),
            _ => throw new CommandException(ExitCode.Usage, origin, $"{name} is 1 or 0, true or false, not '{text}'"),
        };
    }
}
