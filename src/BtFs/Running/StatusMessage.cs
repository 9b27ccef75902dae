using System.Globalization;

namespace BtFs.Running;

/// <summary>What the process in the background tells the one in the foreground. Each message is one line; its own line feeds travel as U+001F.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Code">The exit code, for <see cref="StatusKind.Failed"/>.</param>
/// <param name="Text">For the user.</param>
internal sealed record StatusMessage(StatusKind Kind, ExitCode Code, string Text)
{
    private const char LineFeed = '\u001f';

    /// <summary>The message as one line, without its end.</summary>
    public string ToLine() => $"{Kind} {(int)Code} {Text.Replace('\n', LineFeed)}";

    /// <summary>Reads a line back.</summary>
    public static bool TryParse(string line, out StatusMessage message)
    {
        message = new StatusMessage(StatusKind.Progress, ExitCode.Ok, "");
        if (line.Split(' ', 3) is not [var kind, var code, var text]
            || !Enum.TryParse<StatusKind>(kind, out var parsedKind)
            || !int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var parsedCode))
        {
            return false;
        }

        message = new StatusMessage(parsedKind, (ExitCode)parsedCode, text.Replace(LineFeed, '\n'));
        return true;
    }
}

/// <summary>What a <see cref="StatusMessage"/> says.</summary>
internal enum StatusKind
{
    /// <summary>Still at it.</summary>
    Progress,

    /// <summary>Something beside.</summary>
    Note,

    /// <summary>The tree can be listed: the foreground may go.</summary>
    Ready,

    /// <summary>Nothing came of it.</summary>
    Failed,
}
