namespace BtFs.Testing.Swarms;

/// <summary>Where simulated readers run: on the swarm's own thread, when the swarm says so, in the order in which they were woken.</summary>
/// <remarks>Without it a woken reader would run on the thread pool, and no two runs would be alike.</remarks>
internal sealed class ReaderThread : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _woken = [];

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state) => _woken.Enqueue((d, state));

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("There is one thread: it cannot wait for itself.");

    /// <summary>Runs whoever was woken.</summary>
    /// <returns>Whether there was any.</returns>
    internal bool Run()
    {
        var any = _woken.Count > 0;
        while (_woken.TryDequeue(out var next))
        {
            next.Callback(next.State);
        }

        return any;
    }

    /// <summary>Makes this thread the readers' until the result is disposed.</summary>
    internal Shift Enter()
    {
        var before = Current;
        SetSynchronizationContext(this);
        return new Shift(before);
    }

    internal readonly struct Shift(SynchronizationContext? before) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => SetSynchronizationContext(before);
    }
}
