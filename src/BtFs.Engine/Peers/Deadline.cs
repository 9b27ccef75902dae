namespace BtFs.Engine.Peers;

/// <summary>A point in time at which work is abandoned, on top of the reasons for which its owner may abandon it.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _clock;
    private readonly CancellationTokenSource _either;

    /// <param name="after">From now.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">The owner's reason.</param>
    internal Deadline(TimeSpan after, TimeProvider time, CancellationToken cancel)
    {
        _clock = new CancellationTokenSource(after, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_clock.Token, cancel);
    }

    /// <summary>Cancelled when the time has passed, or the owner gave up.</summary>
    internal CancellationToken Token => _either.Token;

    /// <summary>Whether the time has passed.</summary>
    internal bool HasPassed => _clock.IsCancellationRequested;

    /// <inheritdoc/>
    public void Dispose()
    {
        _either.Dispose();
        _clock.Dispose();
    }
}
