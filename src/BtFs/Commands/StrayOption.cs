namespace BtFs.Commands;

/// <summary>A word like <c>-x</c> that is no option of ours: the parser leaves it among the operands.</summary>
internal static class StrayOption
{
    /// <summary>What to tell the user about the first such word, or null when there is none.</summary>
    public static CommandException? In(string[] operands) => Array.Find(operands, operand => operand.Length > 1 && operand[0] == '-') is { } stray
        ? new CommandException(ExitCode.Usage, stray, "unknown option", "Try: btfs --help")
        : null;
}
