using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using BtFs.Protocol.Utp;

namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>A uTP connection as a stream of bytes (BEP 29). Thread-safe: whoever comes drives the state machine on.</summary>
internal sealed class UtpTransport : IPeerTransport
{
    private readonly Lock _lock = new();
    private readonly UtpEndpoint _endpoint;
    private readonly UtpKey _key;
    private readonly UtpConnection _connection;
    private readonly UtpOutbox _outbox;
    private readonly ITimer _timer;
    private readonly PumpSignal _readable = new();
    private readonly PumpSignal _writable = new();
    private long _timerAt = long.MaxValue;
    private bool _isDisposed;
    private bool _isFinished;

    /// <param name="endpoint">Knows us by our key until we tell it that we have ended.</param>
    /// <param name="key">The key.</param>
    /// <param name="address">The peer's.</param>
    /// <param name="connect">Makes the connection that sends into an outbox.</param>
    internal UtpTransport(UtpEndpoint endpoint, UtpKey key, IPEndPoint address, Func<IUtpOutput, long, UtpConnection> connect)
    {
        _endpoint = endpoint;
        _key = key;
        Address = address;
        _outbox = new UtpOutbox(endpoint.Port, endpoint.Port.NameOf(address));
        _connection = connect(_outbox, endpoint.Now);
        _timer = endpoint.Time.CreateTimer(static transport => ((UtpTransport)transport!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The peer's address.</summary>
    internal IPEndPoint Address { get; }

    /// <inheritdoc/>
    /// <remarks>None: the port is bound to every address, and packets leave from whichever leads there.</remarks>
    public IPAddress? LocalAddress => null;

    /// <inheritdoc/>
    public TimeSpan? RoundTrip
    {
        get
        {
            lock (_lock)
            {
                return _connection.RoundTrip is { } microseconds ? TimeSpan.FromMicroseconds(microseconds) : null;
            }
        }
    }

    /// <summary>Sends the SYN, and waits for the answer.</summary>
    /// <exception cref="SocketException">There is none, or it is no.</exception>
    internal async Task ConnectAsync(CancellationToken cancel)
    {
        Settle();
        await using var registration = cancel.UnsafeRegister(static signal => ((PumpSignal)signal!).Set(), _writable);
        while (!IsConnected())
        {
            cancel.ThrowIfCancellationRequested();
            await _writable.WaitAsync();
        }
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancel)
    {
        if (TryReceive(into.Span, out var count))
        {
            return count;
        }

        await using var registration = cancel.UnsafeRegister(static signal => ((PumpSignal)signal!).Set(), _readable);
        while (!TryReceive(into.Span, out count))
        {
            cancel.ThrowIfCancellationRequested();
            await _readable.WaitAsync();
        }

        return count;
    }

    /// <inheritdoc/>
    /// <remarks>Returns when all of it is on its way but <see cref="UtpLimits.UnsentBytes"/> at most.</remarks>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        var sent = Write(bytes.Span);
        if (sent == bytes.Length)
        {
            return sent;
        }

        await using var registration = cancel.UnsafeRegister(static signal => ((PumpSignal)signal!).Set(), _writable);
        while (sent < bytes.Length)
        {
            cancel.ThrowIfCancellationRequested();
            await _writable.WaitAsync();
            sent += Write(bytes.Span[sent..]);
        }

        return sent;
    }

    /// <inheritdoc/>
    public int SendWithoutWaiting(ReadOnlySpan<byte> bytes) => Write(bytes);

    /// <inheritdoc/>
    public void AcknowledgeNow()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _connection.AcknowledgeNow();
            Settle();
        }
    }

    /// <inheritdoc/>
    /// <remarks>What was taken is still brought over, for <see cref="UtpLimits.Linger"/> at most.</remarks>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _connection.Close(_endpoint.Now);
            Settle();
        }
    }

    /// <summary>Ends it for good.</summary>
    internal void Abort()
    {
        lock (_lock)
        {
            _connection.Abort(_endpoint.Now);
            Settle();
        }
    }

    /// <summary>A packet with our key has come; <see cref="Settle"/> follows.</summary>
    internal void Receive(in UtpPacket packet)
    {
        lock (_lock)
        {
            if (!_isFinished)
            {
                _connection.Receive(packet, _endpoint.Now);
            }
        }
    }

    /// <summary>Does what follows from all that has happened: sends, wakes, and sets the timer.</summary>
    internal void Settle()
    {
        lock (_lock)
        {
            if (_isFinished)
            {
                return;
            }

            var now = _endpoint.Now;
            _connection.Flush(now);
            _outbox.Flush();
            if (_connection.State == UtpState.Ended)
            {
                _isFinished = true;
                _endpoint.Forget(_key, this);
                _timer.Dispose();
                _connection.Dispose();
                _outbox.Dispose();
            }
            else
            {
                SetTimer(now);
            }

            if (_connection.IsReadable || _connection.IsReadToEnd || _isFinished || _isDisposed)
            {
                _readable.Set();
            }

            if (_connection.IsWritable || _isFinished || _isDisposed)
            {
                _writable.Set();
            }
        }
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            _timerAt = long.MaxValue;
            if (!_isFinished)
            {
                if (_endpoint.Now >= _connection.NextDeadline)
                {
                    _connection.Tick(_endpoint.Now);
                }

                Settle();
            }
        }
    }

    private void SetTimer(long now)
    {
        var deadline = _outbox.IsBlocked ? Math.Min(_connection.NextDeadline, now + UtpLimits.BlockedPause) : _connection.NextDeadline;

        // A timer that comes too early looks again: that is cheaper than to change it with every packet.
        if (deadline < _timerAt)
        {
            _timerAt = deadline;

            // Timers count whole milliseconds and must not come before their time.
            _timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, (deadline - now + UtpLimits.Millisecond - 1) / UtpLimits.Millisecond)), Timeout.InfiniteTimeSpan);
        }
    }

    private bool IsConnected()
    {
        lock (_lock)
        {
            ThrowIfGone();
            return _connection.State != UtpState.Calling;
        }
    }

    private bool TryReceive(Span<byte> into, out int count)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            count = _isFinished ? 0 : _connection.Read(into);
            if (count > 0)
            {
                Settle();
                return true;
            }

            if (_connection.IsReadToEnd || (into.IsEmpty && _connection.IsReadable))
            {
                return true;
            }

            ThrowIfGone();
            return false;
        }
    }

    private int Write(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            ThrowIfGone();
            for (var taken = 0; ;)
            {
                var count = _connection.Write(bytes[taken..]);
                taken += count;
                Settle();
                if (count == 0 || taken == bytes.Length)
                {
                    return taken;
                }
            }
        }
    }

    private void ThrowIfGone()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_isFinished)
        {
            throw new SocketException((int)(_connection.End == UtpEnd.TimedOut ? SocketError.TimedOut : SocketError.ConnectionReset));
        }
    }
}
