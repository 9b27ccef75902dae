namespace BtFs.Engine.Verifying;

/// <summary>The threads that hash, for all torrents of the process. Urgent work overtakes the rest. Safe from any thread.</summary>
/// <remarks>Threads of their own: a long piece takes milliseconds, and the thread pool has sockets to serve.</remarks>
internal sealed class HashWorkers : IAsyncDisposable
{
    /// <summary>Threads at most: two hash 3 GB/s where the processor knows SHA, more than a swarm delivers.</summary>
    private const int MaxThreads = 2;

    private readonly object _gate = new();
    private readonly Queue<Action> _urgent = new();
    private readonly Queue<Action> _later = new();
    private readonly Task[] _ended;
    private bool _closed;

    internal HashWorkers()
        : this(Math.Clamp(Environment.ProcessorCount - 1, 1, MaxThreads))
    {
    }

    internal HashWorkers(int threads)
    {
        _ended = new Task[threads];
        for (var i = 0; i < threads; i++)
        {
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _ended[i] = ended.Task;
            new Thread(() => Run(ended)) { IsBackground = true, Name = "btfs hash" }.Start();
        }
    }

    /// <summary>Has work done on one of the threads. It must not throw: that ends the process.</summary>
    /// <exception cref="ObjectDisposedException">The workers are gone.</exception>
    internal void Submit(bool urgent, Action work)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            (urgent ? _urgent : _later).Enqueue(work);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Finishes what was submitted and ends the threads.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }

        await Task.WhenAll(_ended);
    }

    private void Run(TaskCompletionSource ended)
    {
        while (TryTake(out var work))
        {
            work();
        }

        ended.SetResult();
    }

    private bool TryTake(out Action work)
    {
        lock (_gate)
        {
            while (true)
            {
                if (_urgent.TryDequeue(out work!) || _later.TryDequeue(out work!))
                {
                    return true;
                }

                if (_closed)
                {
                    return false;
                }

                Monitor.Wait(_gate);
            }
        }
    }
}
