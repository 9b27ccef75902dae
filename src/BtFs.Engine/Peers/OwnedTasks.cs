namespace BtFs.Engine.Peers;

/// <summary>Tasks that run on their own but have an owner, who awaits whatever is still running at its end. Thread-safe.</summary>
internal sealed class OwnedTasks
{
    private readonly HashSet<Task> _running = [];

    /// <summary>Takes over a task. It is forgotten when it ends well; a fault is kept for <see cref="EndAsync"/>.</summary>
    internal void Add(Task task)
    {
        lock (_running)
        {
            _running.Add(task);
        }

        _ = task.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Waits for every task that was added, and those added meanwhile.</summary>
    /// <remarks>Faults of ours come out here; a task that ends by cancellation is taken for a fault too.</remarks>
    internal async Task EndAsync()
    {
        while (Snapshot() is { Length: > 0 } running)
        {
            await Task.WhenAll(running);
        }
    }

    private Task[] Snapshot()
    {
        lock (_running)
        {
            _running.RemoveWhere(task => task.IsCompletedSuccessfully);
            return [.. _running];
        }
    }

    private void Forget(Task ended)
    {
        if (ended.IsCompletedSuccessfully)
        {
            lock (_running)
            {
                _running.Remove(ended);
            }
        }
    }
}
