using System.CommandLine;
using System.Globalization;

namespace BtFs.Settings;

/// <summary>A file of options: <c>cache-size = 2G</c>, a bare word for a flag, <c>#</c> before a comment.</summary>
internal static class ConfigurationFile
{
    /// <summary>No list of options is longer, in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>The file for all users.</summary>
    public const string OfSystem = "/etc/btfs.conf";

    /// <summary>The user's file (XDG base directory specification); null where nothing says where it would be.</summary>
    public static string? OfUser(Func<string, string?> variable) => (variable("XDG_CONFIG_HOME"), variable("HOME")) switch
    {
        (['/', ..] folder, _) => Path.Join(folder, "btfs", "config"),
        (_, ['/', ..] home) => Path.Join(home, ".config", "btfs", "config"),
        _ => null,
    };

    /// <summary>Reads a file.</summary>
    /// <param name="path">Where it would be; null for nowhere.</param>
    /// <param name="home">What <c>~</c> stands for; null for nothing.</param>
    /// <returns>In the order of the file; nothing where there is no file.</returns>
    /// <exception cref="CommandException">It cannot be read, or a line makes no sense.</exception>
    public static IReadOnlyList<Setting> Read(string? path, string? home)
    {
        if (path is null || !File.Exists(path))
        {
            return [];
        }

        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            if (file.Length > MaxBytes)
            {
                throw new CommandException(ExitCode.Usage, path, $"larger than {MaxBytes >> 20} MiB, so it is no file of options");
            }

            using var lines = new StreamReader(file);
            var settings = new List<Setting>();
            for (var number = 1; lines.ReadLine() is { } line; number++)
            {
                if (TryRead(line, string.Create(CultureInfo.InvariantCulture, $"{path}:{number}"), home) is { } setting)
                {
                    settings.Add(setting);
                }
            }

            return settings;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.System, path, $"cannot be read ({e.Message.TrimEnd('.')})", "Mend it, or do without: --no-config");
        }
    }

    private static Setting? TryRead(string line, string origin, string? home)
    {
        var text = line.Trim();
        if (text is "" or ['#', ..])
        {
            return null;
        }

        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var (name, value) = equals < 0 ? (text, null) : (text[..equals].TrimEnd(), text[(equals + 1)..].TrimStart());
        var option = SettingNames.OptionOf(name) ?? throw new CommandException(ExitCode.Usage, origin, $"'{name}' is no option", "btfs --help-all lists them; write them without dashes in front.");
        var setting = SettingNames.Checked(option, value, origin);
        return option.HelpName is "DIR" or "FILE" or "PATH" ? setting with { Value = PathOf(setting, home) } : setting;
    }

    /// <summary>No shell has seen the path, and nobody knows from which folder the command will be run.</summary>
    private static string PathOf(Setting setting, string? home) => setting.Value switch
    {
        ['/', ..] path => path,
        ['~', '/', .. var rest] when home is not null => Path.Join(home, rest),
        _ => throw new CommandException(ExitCode.Usage, setting.Origin, $"'{setting.Value}' is no whole path", "A path in a file of options begins with / or ~/."),
    };
}
