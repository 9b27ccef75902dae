using System.Globalization;
using Microsoft.Extensions.Logging;

namespace BtFs.Running;

/// <summary>A log in a file or on standard error, with the time in front.</summary>
internal sealed class TextLogLines(TextWriter writer, TimeProvider time) : ILogLines
{
    private readonly Lock _lock = new();

    /// <summary>Standard error of this process.</summary>
    public static TextLogLines OnStandardError(TimeProvider time) => new(Console.Error, time);

    /// <summary>An event as it is written: the local time, how bad it is, what happened.</summary>
    internal static string Line(TimeProvider time, LogLevel level, string text) =>
        $"{time.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)} {Word(level)} {text}";

    /// <inheritdoc/>
    public void Write(LogLevel level, string text)
    {
        var line = Line(time, level, text);
        lock (_lock)
        {
            try
            {
                writer.WriteLine(line);
            }
            catch (IOException)
            {
                // A full disk or a closed terminal: the mount goes on without a log.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => writer.Flush();

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Critical or LogLevel.Error => "error",
        LogLevel.Warning => "warning",
        LogLevel.Information => "info",
        _ => "debug",
    };
}
