using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Layout;
using BtFs.Engine.Peers.Transports;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Peer;
using ProtocolViolationException = BtFs.Protocol.ProtocolViolationException;

namespace BtFs.Engine.Peers;

/// <summary>One connection after the handshake: a pump that receives, a pump that sends, and nothing that decides.</summary>
/// <remarks>
/// Blocks are copied straight into the piece they belong to; everything else goes to the torrent's loop as an event. Whatever
/// ends one pump ends the session; <see cref="TorrentEvent.PeerGone"/> is its last event, posted exactly once.
/// </remarks>
internal sealed class PeerSession : IPeerWire
{
    private static readonly TimeSpan DiskPoll = TimeSpan.FromMilliseconds(10);

    // A peer that always has more would keep its thread to itself.
    private const int ReceivesInARow = 16;

    private readonly IPeerTransport _transport;
    private readonly PeerHello _hello;
    private readonly PeerSessionOptions _options;
    private readonly Action<TorrentEvent> _post;
    private readonly TimeProvider _time;
    private readonly ExpectedBlocks _expected;
    private readonly SendQueue _queue = new();
    private readonly SendPump _sending;
    private readonly BlockBatches _batches;
    private readonly RateLimiter _messages;
    private readonly PeerPulse _pulse;

    // Never disposed: it has no timer, and Close may come at any time.
    private readonly CancellationTokenSource _stop = new();
    private string? _closeReason;

    /// <param name="transport">Connected, its handshake done; the session takes it over.</param>
    /// <param name="hello">What the handshake said.</param>
    /// <param name="options">What is shared with other sessions.</param>
    /// <param name="post">The inbox of the torrent's loop; never waits, safe from any thread.</param>
    internal PeerSession(IPeerTransport transport, PeerHello hello, PeerSessionOptions options, Action<TorrentEvent> post)
    {
        _transport = transport;
        _hello = hello;
        _options = options;
        _post = post;
        _time = options.Time;
        _expected = new ExpectedBlocks(_time);
        _messages = new RateLimiter(PeerLimits.MessageRate, _time, PeerLimits.MessageBurst);
        _pulse = new PeerPulse(_time, Upkeep);
        _sending = new SendPump(transport, _queue, _pulse, options.UploadTo(hello.Address.Address), options.Time);
        _batches = new BlockBatches(this, post);
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
                return IsClosed ? null : _transport.RoundTrip;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Closed between the question and the answer.
                return null;
            }
        }
    }

    /// <summary>The address of ours that it stands upon; null where it needs none.</summary>
    internal IPAddress? LocalAddress => _transport.LocalAddress;

    /// <summary>Whether its blocks go by the line that is to be kept free.</summary>
    internal bool IsPaced => _options.Uplink is { } uplink && _options.UploadTo(_hello.Address.Address) == uplink;

    /// <summary>Bytes of blocks sent since this was last asked, and how long they wait in queues on the way, where that can be told.</summary>
    internal (long Bytes, TimeSpan? Queue) LookAtUpload()
    {
        var bytes = _sending.TakeBlockBytes();
        try
        {
            return (bytes, bytes == 0 || IsClosed ? null : _transport.Queuing);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed between the question and the answer.
            return (bytes, null);
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
    public void Flush()
    {
        if (IsClosed)
        {
            return;
        }

        try
        {
            _sending.Flush();
        }
        catch (SocketException e)
        {
            Close(e.Message);
        }
        catch (ObjectDisposedException)
        {
            // Closed by another thread just now: a dead wire swallows what it is given.
        }
    }

    /// <inheritdoc/>
    public void Close(string reason)
    {
        if (Interlocked.CompareExchange(ref _closeReason, reason, null) is null)
        {
            _stop.Cancel();
            _sending.Wake();
        }
    }

    /// <summary>Receives and sends until the connection ends, whoever ends it. Called once, and awaited by the session's owner.</summary>
    internal async Task RunAsync()
    {
        try
        {
            await Task.WhenAll(UntilClosedAsync(ReceiveAsync), UntilClosedAsync(() => _sending.RunAsync(OnDrained, _stop.Token)));
        }
        finally
        {
            await _pulse.DisposeAsync();
            await _sending.DisposeAsync();
            _transport.Dispose();
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

            _pulse.ReceiveBegins();
            if (buffer.IsEmpty && _expected.IsEmpty)
            {
                // An idle peer holds no buffer: this waits until there is something to receive.
                buffer.ReleaseIfEmpty();
                await _transport.ReceiveAsync(Memory<byte>.Empty, _stop.Token);
            }

            // Awaited here and not in a method of its own: that would be an object for each receive that has to wait.
            var count = await _transport.ReceiveAsync(RoomIn(buffer), _stop.Token);
            _pulse.ReceiveEnds();
            buffer.Received(count);
            if (count == 0)
            {
                Close("the peer hung up");
                return;
            }

            if (!_expected.IsEmpty)
            {
                _transport.AcknowledgeNow();
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

    private Memory<byte> RoomIn(ReceiveBuffer buffer)
    {
        var room = buffer.Room();
        return room[..Math.Min(room.Length, _options.Download.Quantum)];
    }

    /// <summary>Deals with every whole message in the buffer.</summary>
    /// <returns>How many messages came that were not blocks we asked for.</returns>
    private int Handle(ReceiveBuffer buffer)
    {
        var messages = 0;
        var blocks = _batches.Take();
        var unread = buffer.Unread;
        try
        {
            while (!IsClosed && PeerFrameReader.TryRead(ref unread, _options.Frames, out var frame))
            {
                if (frame.Id == (byte)MessageId.Piece)
                {
                    messages += TryTakeBlock(frame, blocks) ? 0 : 1;
                    continue;
                }

                messages++;
                if (blocks.Blocks.Count > 0)
                {
                    // The loop hears everything in the order in which it came.
                    _batches.Tell(blocks);
                    blocks = _batches.Take();
                }

                Take(PeerMessageReader.Read(frame));
            }
        }
        finally
        {
            // Also what came before a message that ends the connection: those blocks are in their pieces.
            _batches.Tell(blocks);
        }

        buffer.KeepLast(unread.Length);
        return messages;
    }

    private bool TryTakeBlock(PeerFrame frame, TorrentEvent.BlocksReceived blocks)
    {
        PieceFrame.Read(frame, out var piece, out var begin, out var bytes);
        if (!_expected.TryTake(piece, begin, (int)bytes.Length, out var block, out var target))
        {
            _post(new TorrentEvent.StrayBlockReceived(this, (int)bytes.Length));
            return false;
        }

        blocks.Blocks.Add(new ReceivedBlock(block, target, target.TryWrite(block, bytes)));
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

    private void OnDrained() => _post(new TorrentEvent.PeerDrained(this));

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
