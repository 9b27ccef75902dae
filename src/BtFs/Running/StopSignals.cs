using System.Runtime.InteropServices;

namespace BtFs.Running;

/// <summary>SIGINT, SIGTERM and mostly SIGHUP as a token: the first asks to stop, the second to stop at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _insisted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;

    /// <param name="hangup">What SIGHUP does in place of stopping, for who has no terminal; null for nothing.</param>
    public StopSignals(Action? hangup = null) => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, hangup is null ? OnSignal : context => Divert(context, hangup)),
    ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Completes with the first signal.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>Completes with the second.</summary>
    public Task Insisted => _insisted.Task;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _stop.Dispose();
    }

    private static void Divert(PosixSignalContext context, Action hangup)
    {
        context.Cancel = true;
        hangup();
    }

    private void OnSignal(PosixSignalContext context)
    {
        // Without this the runtime would end the process, and leave the mount behind.
        context.Cancel = true;
        if (_stop.IsCancellationRequested)
        {
            _insisted.TrySetResult();
        }
        else
        {
            _stop.Cancel();
            _stopped.TrySetResult();
        }
    }
}
