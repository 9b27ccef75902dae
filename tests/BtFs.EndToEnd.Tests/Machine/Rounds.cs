using System.Globalization;

namespace BtFs.EndToEnd.Machine;

/// <summary>How often tests that try their luck try it: a few times in every run, many when a developer asks for it.</summary>
internal static class Rounds
{
    private static readonly string[] Variables = ["BTFS_KILLS", "BTFS_POWER_CUTS", "BTFS_OPERATIONS"];

    /// <summary>Whether a developer asked for many of anything.</summary>
    public static bool AreMany { get; } = Variables.Any(variable => Environment.GetEnvironmentVariable(variable) is { Length: > 0 });

    /// <param name="variable">The environment variable that says how often.</param>
    /// <param name="usually">How often without it.</param>
    public static int Of(string variable, int usually) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } asked ? int.Parse(asked, CultureInfo.InvariantCulture) : usually;
}
