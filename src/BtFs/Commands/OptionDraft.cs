using System.CommandLine;

namespace BtFs.Commands;

/// <summary>Makes options that bring along what help and completions say of them.</summary>
/// <remarks>
/// What a value is called says what it is: <c>DIR</c> a directory, <c>FILE</c> and <c>PATH</c> anything on the disk, <c>a|b|c</c> one of these words.
/// </remarks>
internal static class OptionDraft
{
    /// <summary>An option without a value.</summary>
    public static Option<bool> Flag(string name, string meaning, params string[] aliases) => new(name, aliases) { Description = meaning };

    /// <summary>An option with a value.</summary>
    public static Option<string> Taking(string name, string value, string meaning) => new(name) { HelpName = value, Description = meaning };

    /// <summary>An option with a value that may be given many times.</summary>
    public static Option<string[]> Repeated(string name, string value, string meaning) => new(name) { HelpName = value, Description = meaning };
}
