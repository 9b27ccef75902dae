using BtFs.Commands;
using Microsoft.Extensions.Logging;

namespace BtFs.Running;

/// <summary>The log of one run.</summary>
internal static class SessionLogs
{
    /// <summary>Loggers that write to one place what the user wants to know. Disposing them closes the place.</summary>
    public static ILoggerFactory Create(ILogLines lines, LogDetail detail) => LoggerFactory.Create(logging => Begin(logging, lines, detail));

    /// <summary>The same, and to another what happens in any case.</summary>
    public static ILoggerFactory Create(ILogLines lines, LogDetail detail, RecentLogLines recent) => LoggerFactory.Create(logging =>
        Begin(logging, lines, detail).AddProvider(new LineLog(recent, LevelOf(detail) < LogLevel.Information ? LevelOf(detail) : LogLevel.Information)));

    private static ILoggingBuilder Begin(ILoggingBuilder logging, ILogLines lines, LogDetail detail) =>
        logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new LineLog(lines, LevelOf(detail)));

    private static LogLevel LevelOf(LogDetail detail) => detail switch
    {
        LogDetail.Debug => LogLevel.Debug,
        LogDetail.Verbose => LogLevel.Information,
        LogDetail.Errors => LogLevel.Error,
        _ => LogLevel.Warning,
    };
}
