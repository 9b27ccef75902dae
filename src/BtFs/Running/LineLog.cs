using Microsoft.Extensions.Logging;

namespace BtFs.Running;

/// <summary>A log of one line for each event, escaped, so that no peer can write a line of its own into it. Safe from any thread.</summary>
/// <remarks>Where the lines go is the business of an <see cref="ILogLines"/>.</remarks>
internal sealed class LineLog(ILogLines lines, LogLevel least) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Category(lines, least, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    /// <inheritdoc/>
    public void Dispose() => lines.Dispose();

    private sealed class Category(ILogLines lines, LogLevel least, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                var text = CleanText.Line(formatter(state, exception));
                lines.Write(logLevel, exception is null ? $"{name}: {text}" : $"{name}: {text}\n{CleanText.Lines(exception.ToString())}");
            }
        }
    }
}

/// <summary>Takes the lines of a log. Safe from any thread; never throws for want of room.</summary>
internal interface ILogLines : IDisposable
{
    /// <summary>Takes an event: one clean line, and a stack trace below where there is one.</summary>
    void Write(LogLevel level, string text);
}
