using BtFs.Mount.Scanning;

namespace BtFs.Commands;

/// <summary>What the command line says of programs that read.</summary>
internal static class ProgramRulesRequest
{
    /// <summary>Longest name of a file, in bytes (NAME_MAX).</summary>
    private const int LongestName = 255;

    /// <summary>The rules.</summary>
    /// <param name="allowed"><c>--allow-process</c>, as often as it was given.</param>
    /// <param name="denied"><c>--deny-process</c>, likewise.</param>
    /// <exception cref="CommandException">A name can be nobody's, or is both.</exception>
    public static ProgramRules Read(string[] allowed, string[] denied)
    {
        foreach (var (option, name) in allowed.Select(name => ("--allow-process", name)).Concat(denied.Select(name => ("--deny-process", name))))
        {
            if (name.Length is 0 or > LongestName || name.Contains('/'))
            {
                throw new CommandException(
                    ExitCode.Usage, $"{option}={name}", "a program is named without its folder", "Use the name that 'ps -o comm' shows, as in tumblerd.");
            }
        }

        return allowed.Intersect(denied).FirstOrDefault() is { } both
            ? throw new CommandException(ExitCode.Usage, $"--deny-process={both}", "it is named with --allow-process, too")
            : new ProgramRules { Allowed = allowed, Denied = denied };
    }
}
