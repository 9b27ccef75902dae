namespace BtFs;

/// <summary>The command cannot do what it was asked, for a reason that is the user's or the system's.</summary>
/// <param name="code">How the program ends.</param>
/// <param name="subject">What it is about: an option, a file, a link.</param>
/// <param name="reason">What is wrong with it, one phrase.</param>
/// <param name="remedy">What to do, one sentence; or null where nothing sensible can be said.</param>
internal sealed class CommandException(ExitCode code, string subject, string reason, string? remedy = null) : Exception($"{subject}: {reason}")
{
    public ExitCode Code { get; } = code;

    public string Subject { get; } = subject;

    /// <summary>What is wrong, without what it is about.</summary>
    public string Reason { get; } = reason;

    public string? Remedy { get; } = remedy;
}
