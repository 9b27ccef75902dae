using System.Globalization;
using BtFs.Mount;

namespace BtFs.Libraries;

/// <summary>What <c>.btfs/control</c> answers, one line.</summary>
/// <param name="Kind">What came of the request.</param>
/// <param name="Code">The exit code of a command that failed so.</param>
/// <param name="Text">A folder's name, an infohash, or what is wrong.</param>
internal sealed record ControlReply(ControlOutcome Kind, ExitCode Code, string Text)
{
    /// <summary>It is done.</summary>
    public static ControlReply Done(string name) => new(ControlOutcome.Ok, ExitCode.Ok, name);

    /// <summary>It is done as far as we go: the swarm has to tell what is in the torrent.</summary>
    public static ControlReply Pending(string infoHash) => new(ControlOutcome.Pending, ExitCode.Ok, infoHash);

    /// <summary>It is not done.</summary>
    public static ControlReply Failed(ExitCode code, string text) => new(ControlOutcome.Error, code, text);

    /// <summary>For the mount.</summary>
    public LibraryAnswer ToAnswer() => new(
        Kind != ControlOutcome.Error,
        Kind == ControlOutcome.Error
            ? string.Create(CultureInfo.InvariantCulture, $"error {(int)Code} {CleanText.Line(Text)}\n")
            : $"{Kind.ToString().ToLowerInvariant()} {Text}\n");

    /// <summary>Reads a line back; <see langword="null"/> if it is no answer.</summary>
    public static ControlReply? TryParse(string line) => line.TrimEnd('\n').Split(' ', 2) switch
    {
        ["ok", var name] => Done(name),
        ["pending", var infoHash] => Pending(infoHash),
        ["error", var rest] when rest.Split(' ', 2) is [var digits, var text]
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var code) => Failed((ExitCode)code, text),
        _ => null,
    };
}

/// <summary>What came of a request.</summary>
internal enum ControlOutcome
{
    /// <summary>Done; the folder's name follows.</summary>
    Ok,

    /// <summary>The folder comes later; the infohash follows.</summary>
    Pending,

    /// <summary>Not done; an exit code and a reason follow.</summary>
    Error,
}
