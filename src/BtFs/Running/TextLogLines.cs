using System.Globalization;
using Microsoft.Extensions.Logging;

namespace BtFs.Running;

/// <summary>A log in a file or on standard error, with the time in front.</summary>
internal sealed class TextLogLines(TextWriter writer, TimeProvider time) : ILogLines
{
    private readonly Lock _lock = new();

    /// <summary>Standard error of this process.</summary>
    public static TextLogLines OnStandardError(TimeProvider time) => new(Console.Error, time);

    /// <inheritdoc/>
    public void Write(LogLevel level, string text)
    {
        var now = time.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        lock (_lock)
        {
            try
            {
                writer.WriteLine($"{now} {Word(level)} {text}");
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
