using System.Threading.Tasks.Sources;

namespace BtFs.Engine.Peers;

/// <summary>Wakes one pump. Signals that come before it waits again count as one; no allocation for either side.</summary>
/// <remarks>
/// <code>
/// Quiet ──Set→ Signalled ──WaitAsync (at once)→ Quiet
///   └─WaitAsync→ Waiting ──Set→ Signalled ──the pump wakes→ Quiet
/// </code>
/// </remarks>
internal sealed class PumpSignal : IValueTaskSource
{
    private const int Quiet = 0;
    private const int Signalled = 1;
    private const int Waiting = 2;

    // The pump never runs on the thread of whoever wakes it: that may be the torrent's loop.
    private ManualResetValueTaskSourceCore<bool> _waiter = new() { RunContinuationsAsynchronously = true };
    private int _state = Quiet;

    /// <summary>Wakes the pump, now or when it waits next. Any thread.</summary>
    internal void Set()
    {
        if (Interlocked.Exchange(ref _state, Signalled) == Waiting)
        {
            _waiter.SetResult(true);
        }
    }

    /// <summary>Waits for <see cref="Set"/>. One waiter, who awaits the result once.</summary>
    internal ValueTask WaitAsync()
    {
        _waiter.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Quiet) == Quiet)
        {
            return new ValueTask(this, _waiter.Version);
        }

        Volatile.Write(ref _state, Quiet);
        return ValueTask.CompletedTask;
    }

    void IValueTaskSource.GetResult(short token)
    {
        // Before the pump looks for work: what is signalled from here on is not lost.
        Volatile.Write(ref _state, Quiet);
        _waiter.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);
}
