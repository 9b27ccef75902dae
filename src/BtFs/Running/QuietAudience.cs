namespace BtFs.Running;

/// <summary>Passes on only what went wrong.</summary>
internal sealed class QuietAudience(IStatusAudience audience) : IStatusAudience
{
    /// <inheritdoc/>
    public void Progress(string text)
    {
    }

    /// <inheritdoc/>
    public void EndProgress()
    {
    }

    /// <inheritdoc/>
    public void Note(string text)
    {
    }

    /// <inheritdoc/>
    public void Ready(string text)
    {
    }

    /// <inheritdoc/>
    public void Ending()
    {
    }

    /// <inheritdoc/>
    public void Failed(ErrorReport report) => audience.Failed(report);
}
