using System.Text;
using Microsoft.Extensions.Logging;

namespace BtFs.Running;

/// <summary>The last lines of the log, in memory, wherever the log itself goes.</summary>
internal sealed class RecentLogLines(TimeProvider time) : ILogLines
{
    /// <summary>Lines kept.</summary>
    public const int Kept = 1_000;

    /// <summary>Characters kept of one: a stack trace is a line with others below it.</summary>
    private const int LongestLine = 8_000;

    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new();

    /// <summary>What is kept, the oldest line first.</summary>
    public string Text
    {
        get
        {
            var text = new StringBuilder();
            lock (_lock)
            {
                foreach (var line in _lines)
                {
                    text.Append(line).Append('\n');
                }
            }

            return text.ToString();
        }
    }

    /// <inheritdoc/>
    public void Write(LogLevel level, string text)
    {
        var line = TextLogLines.Line(time, level, text.Length > LongestLine ? text[..LongestLine] : text);
        lock (_lock)
        {
            _lines.Enqueue(line);
            if (_lines.Count > Kept)
            {
                _lines.Dequeue();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing of the system's is held.
    }
}
