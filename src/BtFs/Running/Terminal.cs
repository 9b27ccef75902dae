namespace BtFs.Running;

/// <summary>The people at this end. Progress and success are only for eyes: written where there is a terminal, nowhere else.</summary>
internal sealed class Terminal(TextWriter errors, bool isTerminal) : IStatusAudience
{
    private const string ClearLine = "\r\x1b[K";

    private bool _hasProgress;

    /// <summary>Standard error of this process.</summary>
    public static Terminal OfProcess() => new(Console.Error, isTerminal: !Console.IsErrorRedirected);

    /// <inheritdoc/>
    public void Progress(string text)
    {
        if (isTerminal)
        {
            errors.Write(ClearLine + CleanText.Line(text));
            errors.Flush();
            _hasProgress = true;
        }
    }

    /// <inheritdoc/>
    public void Note(string text)
    {
        EndProgress();
        errors.WriteLine($"btfs: {CleanText.Line(text)}");
    }

    /// <inheritdoc/>
    public void Ready(string text)
    {
        EndProgress();
        if (isTerminal)
        {
            errors.WriteLine(CleanText.Line(text));
        }
    }

    /// <inheritdoc/>
    public void Ending()
    {
        // Whoever asked for it sees the program end.
    }

    /// <inheritdoc/>
    public void Failed(ErrorReport report)
    {
        EndProgress();
        errors.WriteLine(CleanText.Lines(report.Text));
    }

    /// <inheritdoc/>
    public void EndProgress()
    {
        if (_hasProgress)
        {
            errors.Write(ClearLine);
            _hasProgress = false;
        }
    }
}
