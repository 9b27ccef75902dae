using BtFs.Commands;
using BtFs.Fuse.Mounting;

namespace BtFs.Settings;

/// <summary>Our long options among the words of <c>-o</c>, as fstab needs them: <c>cache_size=2G</c>, <c>keep</c>.</summary>
internal static class MountWordSettings
{
    /// <summary>Reads those that are ours.</summary>
    /// <param name="lists">Each as it follows <c>-o</c>.</param>
    /// <param name="origin">Where they were written.</param>
    /// <exception cref="CommandException">A value makes no sense.</exception>
    public static IEnumerable<Setting> Read(IEnumerable<string> lists, string origin) =>
        lists.SelectMany(FuseMountOptions.WordsOf).Select(word => TryRead(word, origin)).OfType<Setting>();

    /// <summary>Whether a word is one of our options.</summary>
    public static bool IsOurs(string word) => OptionOf(word) is not null;

    private static Setting? TryRead(string word, string origin)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        return OptionOf(word) is { } option ? SettingNames.Checked(option, equals < 0 ? null : word[(equals + 1)..], origin) : null;
    }

    private static System.CommandLine.Option? OptionOf(string word)
    {
        var option = SettingNames.OptionOf(word.Split('=', 2)[0]);
        return option == MountOptions.MountWords ? null : option;
    }
}
