using System.Diagnostics;

namespace BtFs.EndToEnd.Machine;

/// <summary>Ends a program and its mount whatever happens, so that a hanging file system fails one test and not the machine.</summary>
internal sealed class Breaker : IDisposable
{
    private readonly int _pid;
    private readonly string _mountPoint;
    private readonly Timer _deadline;

    /// <param name="pid">The program that serves the mount.</param>
    /// <param name="mountPoint">Where it serves it.</param>
    /// <param name="within">How long the test may take at most.</param>
    public Breaker(int pid, string mountPoint, TimeSpan within)
    {
        _pid = pid;
        _mountPoint = mountPoint;
        _deadline = new Timer(_ => Break(), null, within, Timeout.InfiniteTimeSpan);
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    /// <summary>Kills by number, then detaches by path: neither can wait for the file system.</summary>
    public void Break()
    {
        // Its number may belong to a stranger by now.
        if (Signals.CommandLine(_pid).Contains(_mountPoint))
        {
            Signals.Send(_pid, Signals.Kill);
        }

        if (MountTable.Has(_mountPoint))
        {
            using var detach = Process.Start("fusermount3", ["-u", "-z", _mountPoint]);
            detach.WaitForExit(TimeSpan.FromSeconds(5));
        }
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        _deadline.Dispose();
        Break();
    }

    private void OnExit(object? sender, EventArgs e) => Break();
}
