using Microsoft.Extensions.Logging;

namespace BtFs.Running;

/// <summary>A log in a file, appended to, that can be opened anew: who rotates logs moves the file away first. Safe from any thread.</summary>
internal sealed class LogFile : ILogLines
{
    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly TimeProvider _time;
    private StreamWriter _writer;
    private TextLogLines _lines;

    /// <param name="path">Absolute.</param>
    /// <param name="time">Stands in front of each line.</param>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public LogFile(string path, TimeProvider time)
    {
        (_path, _time) = (path, time);
        try
        {
            (_writer, _lines) = Open();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.System, $"--log-file={path}", e.Message);
        }
    }

    /// <summary>Goes on in the file that now has the path, or is made there. Where that cannot be, all stays as it was.</summary>
    public void Reopen()
    {
        lock (_lock)
        {
            try
            {
                var (writer, lines) = Open();
                _writer.Dispose();
                (_writer, _lines) = (writer, lines);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _lines.Write(LogLevel.Warning, CleanText.Line($"the log stays where it is: {e.Message}"));
            }
        }
    }

    /// <inheritdoc/>
    public void Write(LogLevel level, string text)
    {
        lock (_lock)
        {
            _lines.Write(level, text);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _writer.Dispose();
        }
    }

    private (StreamWriter Writer, TextLogLines Lines) Open()
    {
        var writer = new StreamWriter(_path, append: true) { AutoFlush = true };
        return (writer, new TextLogLines(writer, _time));
    }
}
