using System.CommandLine;

namespace BtFs.Commands;

/// <summary>What the user wants of the cache.</summary>
/// <param name="DataDirectory">Where it is, absolute; null for the usual place.</param>
/// <param name="AsJson">Whether a program reads the list.</param>
/// <param name="All">Whether what is pinned is to be removed, too.</param>
/// <param name="InfoHash">The torrent to remove, lower-case hexadecimal digits from its first on; null for all that may go.</param>
internal sealed record CacheCommandRequest(string? DataDirectory, bool AsJson, bool All, string? InfoHash)
{
    private const int Digits = 40;

    /// <summary>Reads a request.</summary>
    /// <exception cref="CommandException">It makes no sense.</exception>
    public static CacheCommandRequest Read(ParseResult line)
    {
        var infoHash = OperandOf(line.GetValue(CacheOptions.Operands) ?? []);
        var all = line.GetValue(CacheOptions.All);
        return all && infoHash is not null
            ? throw new CommandException(ExitCode.Usage, "--all", "makes no sense with one torrent")
            : new CacheCommandRequest(DirectoryOf(line.GetValue(CacheOptions.DataDirectory)), line.GetValue(CacheOptions.Json), all, infoHash);
    }

    private static string? OperandOf(string[] operands) => operands switch
    {
        _ when StrayOption.In(operands) is { } stray => throw stray,
        [] => null,
        [var text] => text.Length is > 0 and <= Digits && text.All(char.IsAsciiHexDigit)
            ? text.ToLowerInvariant()
            : throw new CommandException(ExitCode.Usage, text, "no infohash, nor the beginning of one", "btfs cache lists them."),
        [_, var extra, ..] => throw new CommandException(ExitCode.Usage, extra, "one operand too many", "It is btfs cache clean [--all | INFOHASH]."),
    };

    private static string? DirectoryOf(string? text) => text switch
    {
        null => null,
        "" => throw new CommandException(ExitCode.Usage, CacheOptions.DataDirectory.Name, "is empty"),
        _ => Path.GetFullPath(text),
    };
}
