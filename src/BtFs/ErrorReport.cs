using BtFs.Engine.Discovery;
using BtFs.Fuse.Mounting;

namespace BtFs;

/// <summary>What a person reads about a failure, and the code the program ends with. The only place that decides either.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Text">One line that starts with <c>btfs:</c>, and mostly a second one with the remedy. A fault of ours brings its stack trace.</param>
internal sealed record ErrorReport(ExitCode Code, string Text)
{
    /// <summary>Explains an exception that ended the command.</summary>
    public static ErrorReport Of(Exception exception) => exception switch
    {
        CommandException e => Say(e.Code, e.Message, e.Remedy),
        MountException e => Say(CodeOf(e.Failure), e.Message.TrimEnd('.'), e.Remedy),
        TorrentDownloadException e => Say(ExitCode.Source, e.Message, "Check the address, or download the .torrent and name the file."),
        OperationCanceledException => Say(ExitCode.Interrupted, "interrupted; nothing is mounted", remedy: null),
        IOException or UnauthorizedAccessException => Say(ExitCode.System, exception.Message, remedy: null),
        _ => new ErrorReport(ExitCode.Bug, $"btfs: this is a bug in btfs, please report it:\n{CleanText.Lines(exception.ToString())}"),
    };

    private static ErrorReport Say(ExitCode code, string what, string? remedy)
    {
        var line = $"btfs: {CleanText.Line(what)}";
        return new ErrorReport(code, remedy is null ? line : $"{line}\n{CleanText.Line(remedy)}");
    }

    private static ExitCode CodeOf(MountFailure failure) => failure switch
    {
        MountFailure.UnknownOption => ExitCode.Usage,
        MountFailure.NoDevice or MountFailure.DeviceDenied or MountFailure.NoHelper or MountFailure.Handshake => ExitCode.System,
        _ => ExitCode.MountRefused,
    };
}
