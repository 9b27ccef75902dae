namespace BtFs.Settings;

/// <summary>Where options come from that are not on the command line.</summary>
/// <param name="Variables">The environment.</param>
/// <param name="SystemFile">The file for all users.</param>
internal sealed record SettingSources(IReadOnlyDictionary<string, string> Variables, string SystemFile)
{
    /// <summary>Those of this process.</summary>
    public static SettingSources OfProcess()
    {
        var variables = new Dictionary<string, string>();
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        return new SettingSources(variables, ConfigurationFile.OfSystem);
    }

    /// <summary>What is written in the files, the user's first; nothing if they are not to be read.</summary>
    /// <exception cref="CommandException">A file makes no sense.</exception>
    public IReadOnlyList<IReadOnlyList<Setting>> Files(bool wanted)
    {
        var home = Variables.GetValueOrDefault("HOME");
        return wanted
            ? [ConfigurationFile.Read(ConfigurationFile.OfUser(Variables.GetValueOrDefault), home), ConfigurationFile.Read(SystemFile, home)]
            : [];
    }
}
