using System.Net.Sockets;
using System.Runtime.CompilerServices;
using BtFs.Engine.Layout;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;
using BtFs.Protocol;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Peers;

/// <summary>One connected socket after the handshake: a pump that receives, a pump that sends, and nothing that decides.</summary>
/// <remarks>
/// Blocks are copied straight into the piece they belong to; everything else goes to the torrent's loop as an event. Whatever
/// ends one pump ends the session; <see cref="TorrentEvent.PeerGone"/> is its last event, posted exactly once.
/// </remarks>
internal sealed class PeerSession : IPeerWire
{
    private static readonly TimeSpan DiskPoll = TimeSpan.FromMilliseconds(10);

    // A socket that always has more would keep its thread to itself.
    private const int ReceivesInARow = 16;

    private readonly Socket _socket;
    private readonly PeerHello _hello;
    private readonly PeerSessionOptions _options;
    private readonly Action<TorrentEvent> _post;
    private readonly TimeProvider _time;
    private readonly ExpectedBlocks _expected;
    private readonly SendQueue _queue = new();
    private readonly PumpSignal _toSend = new();
    private readonly RateLimiter _messages;
    private readonly PeerPulse _pulse;
    private readonly UploadPace _pace;

    // Never disposed: it has no timer, and Close may come at any time.
    private readonly CancellationTokenSource _stop = new();
    private string? _closeReason;

    /// <param name="socket">Connected, its handshake done; the session takes it over.</param>
    /// <param name="hello">What the handshake said.</param>
    /// <param name="options">What is shared with other sessions.</param>
    /// <param name="post">The inbox of the torrent's loop; never waits, safe from any thread.</param>
    internal PeerSession(Socket socket, PeerHello hello, PeerSessionOptions options, Action<TorrentEvent> post)
    {
        _socket = socket;
        _hello = hello;
        _options = options;
        _post = post;
        _time = options.Time;
        _expected = new ExpectedBlocks(_time);
        _messages = new RateLimiter(PeerLimits.MessageRate, _time, PeerLimits.MessageBurst);
        _pulse = new PeerPulse(_time, Upkeep);
        _pace = new UploadPace(options.Upload, _time, _toSend);
    }

    /// <inheritdoc/>
    public long BytesQueued => _queue.BlockBytes;

    /// <inheritdoc/>
    public TimeSpan? RoundTrip
    {
        get
        {
            try
            {
                return IsClosed ? null : TcpSocket.RoundTrip(_socket);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Closed between the question and the answer.
                return null;
            }
        }
    }

    private bool IsClosed => Volatile.Read(ref _closeReason) is not null;

    /// <inheritdoc/>
    public void Send(PeerMessage message)
    {
        if (message is PeerMessage.Choke && !_hello.Fast)
        {
            // To a peer without BEP 6 a choke revokes its requests: it would throw the blocks away.
            _queue.DropBlocks();
        }

        CloseUnless(_queue.TryAdd(message));
    }

    /// <inheritdoc/>
    public void Request(BlockRef block, PieceAssembly target)
    {
        _expected.Add(block, target);
        CloseUnless(_queue.TryAddRequest(block));
    }

    /// <inheritdoc/>
    public void Cancel(BlockRef block) => Send(new PeerMessage.Cancel(block.Piece.Value, block.Offset, block.Length));

    /// <inheritdoc/>
    public void SendBlock(BlockRef block, ContentSegments bytes) => _queue.AddBlock(block, bytes);

    /// <inheritdoc/>
    public void Flush() => _toSend.Set();

    /// <inheritdoc/>
    public void Close(string reason)
    {
        if (Interlocked.CompareExchange(ref _closeReason, reason, null) is null)
        {
            _stop.Cancel();
            _toSend.Set();
        }
    }

    /// <summary>Receives and sends until the connection ends, whoever ends it. Called once, and awaited by the session's owner.</summary>
    internal async Task RunAsync()
    {
        try
        {
            await Task.WhenAll(UntilClosedAsync(ReceiveAsync), UntilClosedAsync(SendAsync));
        }
        finally
        {
            await _pulse.DisposeAsync();
            await _pace.DisposeAsync();
            _socket.Dispose();
            _queue.Close();
            _expected.Clear();
            _post(new TorrentEvent.PeerGone(this, _closeReason!));
        }
    }

    private async Task UntilClosedAsync(Func<Task> pump)
    {
        try
        {
            await pump();
        }
        catch (OperationCanceledException) when (IsClosed)
        {
        }
        catch (SocketException e)
        {
            Close(e.Message);
        }
        catch (ProtocolViolationException e)
        {
            Close(e.Message);
        }
        finally
        {
            // Only a fault of our own comes here with the session open; the other pump must not outlive it.
            Close("a bug in this program");
        }
    }

    private async Task ReceiveAsync()
    {
        TcpSocket.Prepare(_socket);
        _pulse.CheckWithin(null);
        using var buffer = new ReceiveBuffer();
        for (var received = 0; !IsClosed; received++)
        {
            if (received % ReceivesInARow == 0)
            {
                await Task.Yield();
            }

            while (_options.DiskIsBehind())
            {
                await Task.Delay(DiskPoll, _time, _stop.Token);
            }

            var count = await ReceiveIntoAsync(buffer);
            if (count == 0)
            {
                Close("the peer hung up");
                return;
            }

            var wait = _options.Download.Spend(count);
            var pause = _messages.Spend(Handle(buffer));
            wait = wait > pause ? wait : pause;
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, _time, _stop.Token);
            }
        }
    }

    // Pooled: else each receive that has to wait would allocate.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReceiveIntoAsync(ReceiveBuffer buffer)
    {
        _pulse.ReceiveBegins();
        if (buffer.IsEmpty && _expected.IsEmpty)
        {
            // An idle peer holds no buffer: this waits until there is something to receive.
            buffer.ReleaseIfEmpty();
            await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, _stop.Token);
        }

        var room = buffer.Room();
        room = room[..Math.Min(room.Length, _options.Download.Quantum)];
        var count = await _socket.ReceiveAsync(room, SocketFlags.None, _stop.Token);
        _pulse.ReceiveEnds();
        buffer.Received(count);
        if (count > 0 && !_expected.IsEmpty)
        {
            TcpSocket.AcknowledgeNow(_socket);
        }

        return count;
    }

    /// <summary>Deals with every whole message in the buffer.</summary>
    /// <returns>How many messages came that were not blocks we asked for.</returns>
    private int Handle(ReceiveBuffer buffer)
    {
        var messages = 0;
        var unread = buffer.Unread;
        while (!IsClosed && PeerFrameReader.TryRead(ref unread, _options.Frames, out var frame))
        {
            if (frame.Id != (byte)MessageId.Piece)
            {
                Take(PeerMessageReader.Read(frame));
                messages++;
            }
            else if (!TryTakeBlock(frame))
            {
                messages++;
            }
        }

        buffer.KeepLast(unread.Length);
        return messages;
    }

    private bool TryTakeBlock(PeerFrame frame)
    {
        PieceFrame.Read(frame, out var piece, out var begin, out var bytes);
        if (!_expected.TryTake(piece, begin, (int)bytes.Length, out var block, out var target))
        {
            _post(new TorrentEvent.StrayBlockReceived(this, (int)bytes.Length));
            return false;
        }

        var taken = target.TryWrite(block, bytes);
        _post(new TorrentEvent.BlockReceived(this, block, target, taken));
        return true;
    }

    private void Take(PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.Choke when !_hello.Fast:
                _expected.Revoke();
                _pulse.CheckWithin(PeerLimits.LateBlockGrace);
                break;
            case PeerMessage.RejectRequest reject:
                _expected.TryTake(reject.Piece, reject.Begin, reject.Length, out _, out _);
                break;
            default:
                break;
        }

        _post(new TorrentEvent.MessageReceived(this, message));
    }

    private async Task SendAsync()
    {
        var batch = new SendBuffer();
        while (!IsClosed)
        {
            await _toSend.WaitAsync();
            await SendQueuedAsync(batch);
        }
    }

    private async ValueTask SendQueuedAsync(SendBuffer batch)
    {
        while (!IsClosed)
        {
            var blockBytes = _queue.Take(batch, _pace.BlocksAllowed);
            if (batch.Length == 0)
            {
                break;
            }

            _pulse.SendBegins();
            await _socket.SendAsync(batch.Written, SocketFlags.None, _stop.Token);
            _pulse.SendEnds();
            batch.Clear();
            _pace.Spend(blockBytes);
            if (_queue.Sent(blockBytes))
            {
                _post(new TorrentEvent.PeerDrained(this));
            }
        }

        if (_queue.HasBlocks)
        {
            _pace.WakeWhenAllowed();
        }
    }

    /// <summary>What time alone brings about: the pulse calls it, on a timer's thread.</summary>
    private void Upkeep()
    {
        if (_pulse.PeerIsSilent)
        {
            Close("nothing received for 120 s");
        }
        else if (_pulse.PeerIsDeaf)
        {
            Close("nothing taken for 120 s");
        }
        else
        {
            if (_pulse.TakeKeepAlive())
            {
                Send(new PeerMessage.KeepAlive());
                Flush();
            }

            _pulse.CheckWithin(_expected.ForgetRevoked());
        }
    }

    private void CloseUnless(bool inBounds)
    {
        if (!inBounds)
        {
            Close("does not read what it is sent");
        }
    }
}
