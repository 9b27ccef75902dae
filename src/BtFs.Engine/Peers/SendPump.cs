using System.Net.Sockets;
using BtFs.Engine.Peers.Transports;

namespace BtFs.Engine.Peers;

/// <summary>Puts what one session has queued on its transport, never two sends at a time. Thread-safe.</summary>
/// <remarks>
/// What a reader waits for, REQUESTs, goes out on the thread that flushes, as far as it is taken at once: a way to another
/// thread costs more than the send. Everything else, and what was not taken, is the pump's.
/// </remarks>
internal sealed class SendPump : IAsyncDisposable
{
    private const int Nobody = 0;
    private const int Somebody = 1;

    private readonly IPeerTransport _transport;
    private readonly SendQueue _queue;
    private readonly PeerPulse _pulse;
    private readonly UploadPace _pace;
    private readonly PumpSignal _wake = new();

    // Its bytes are the sender's, whoever that is.
    private readonly SendBuffer _batch = new();
    private int _sender = Nobody;
    private long _blockBytes;

    /// <param name="transport">Connected; stays the caller's.</param>
    /// <param name="queue">What to send.</param>
    /// <param name="pulse">Told of each send.</param>
    /// <param name="upload">The rate of blocks.</param>
    /// <param name="time">The clock.</param>
    internal SendPump(IPeerTransport transport, SendQueue queue, PeerPulse pulse, RateLimiter upload, TimeProvider time)
    {
        _transport = transport;
        _queue = queue;
        _pulse = pulse;
        _pace = new UploadPace(upload, time, _wake);
    }

    /// <summary>Bytes of blocks sent since this was last asked.</summary>
    internal long TakeBlockBytes() => Interlocked.Exchange(ref _blockBytes, 0);

    /// <summary>Sends what is queued, now or soon. Any thread; never waits.</summary>
    /// <exception cref="SocketException">The connection is gone.</exception>
    internal void Flush()
    {
        if (!_queue.HasRequests || Interlocked.CompareExchange(ref _sender, Somebody, Nobody) != Nobody)
        {
            Wake();
            return;
        }

        try
        {
            SendMessagesNow();
        }
        finally
        {
            // Before the last look: who found it taken has queued already.
            Volatile.Write(ref _sender, Nobody);
        }

        if (_batch.Length > 0 || !_queue.IsEmpty)
        {
            Wake();
        }
    }

    /// <summary>Has the pump look again.</summary>
    internal void Wake() => _wake.Set();

    /// <summary>Sends until the session closes, which <see cref="Wake"/> must follow.</summary>
    /// <param name="drained">Called when a wire that was full of blocks has room again.</param>
    /// <param name="closed">Set when the session closes.</param>
    internal async Task RunAsync(Action drained, CancellationToken closed)
    {
        while (!closed.IsCancellationRequested)
        {
            await _wake.WaitAsync();
            if (Interlocked.CompareExchange(ref _sender, Somebody, Nobody) != Nobody)
            {
                // Whoever sends looks again afterwards.
                continue;
            }

            for (var blockBytes = Fill(); _batch.Length > 0 && !closed.IsCancellationRequested; blockBytes = Fill())
            {
                _pulse.SendBegins();
                await _transport.SendAsync(_batch.Written, closed);
                _pulse.SendEnds();
                _batch.Clear();
                _pace.Spend(blockBytes);
                Interlocked.Add(ref _blockBytes, blockBytes);
                if (_queue.Sent(blockBytes))
                {
                    drained();
                }
            }

            if (_queue.HasBlocks)
            {
                _pace.WakeWhenAllowed();
            }

            Volatile.Write(ref _sender, Nobody);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _pace.DisposeAsync();

    private void SendMessagesNow()
    {
        if (_batch.Length == 0)
        {
            _queue.Take(_batch, maxBlocks: 0);
        }

        _pulse.SendBegins();
        _batch.RemoveFront(_transport.SendWithoutWaiting(_batch.Written.Span));
        if (_batch.Length == 0)
        {
            _pulse.SendEnds();
            _batch.Clear();
        }
    }

    /// <summary>Puts into the batch what to send next; what a flush could not send all of is still there, and holds no blocks.</summary>
    /// <returns>Bytes of blocks.</returns>
    private int Fill() => _batch.Length > 0 ? 0 : _queue.Take(_batch, _pace.BlocksAllowed);
}
