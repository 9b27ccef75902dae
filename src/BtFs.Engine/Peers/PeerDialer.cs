using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using BtFs.Engine.Network;
using BtFs.Engine.Peers.Encryption;
using BtFs.Engine.Peers.Transports;
using BtFs.Engine.Torrents;
using ProtocolViolationException = BtFs.Protocol.ProtocolViolationException;

namespace BtFs.Engine.Peers;

/// <summary>Calls peers, at a pace that home routers survive. One for the whole process; thread-safe.</summary>
/// <remarks>
/// Each dial ends in one event of its torrent: <see cref="TorrentEvent.PeerConnected"/>, or <see cref="TorrentEvent.DialFailed"/>
/// with one phrase of why.
/// </remarks>
internal sealed class PeerDialer : IAsyncDisposable
{
    private readonly PeerHandshaker _handshaker;
    private readonly NetworkRoute _route;
    private readonly TimeProvider _time;
    private readonly Channel<WantedDial> _wanted =
        Channel.CreateUnbounded<WantedDial>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SemaphoreSlim _halfOpen = new(PeerLimits.HalfOpen);
    private readonly RateLimiter _starts;
    private readonly OwnedTasks _running = new();
    private readonly EncryptionHabits _habits;

    // Never disposed: it has no timer, and disposing twice is harmless so.
    private readonly CancellationTokenSource _stop = new();

    /// <param name="handshaker">Introduces us.</param>
    /// <param name="time">The clock.</param>
    /// <param name="route">By which way peers are called; null for any.</param>
    internal PeerDialer(PeerHandshaker handshaker, TimeProvider time, NetworkRoute? route = null)
    {
        _handshaker = handshaker;
        _route = route ?? new NetworkRoute(new NetworkOptions(), time);
        _habits = new EncryptionHabits(handshaker.Encryption.Policy);
        _time = time;
        _starts = new RateLimiter(PeerLimits.DialRate, time, PeerLimits.DialBurst);
        _running.Add(StartDialsAsync());
    }

    /// <summary>Dials when its turn comes. Never waits.</summary>
    /// <param name="address">Whom to call.</param>
    /// <param name="patience">How long to wait for a TCP connection.</param>
    /// <param name="torrent">Whose peer it will be.</param>
    internal void Dial(IPEndPoint address, TimeSpan patience, PeerSessions torrent)
    {
        if (!_wanted.Writer.TryWrite(new WantedDial(address, patience, torrent)))
        {
            Fail(address, torrent, "the dialer is closed");
        }
    }

    /// <summary>Gives up every dial. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        _wanted.Writer.TryComplete();
        _stop.Cancel();
        await _running.EndAsync();
        while (_wanted.Reader.TryRead(out var dial))
        {
            Fail(dial.Address, dial.Torrent, "the dialer is closed");
        }
    }

    private async Task StartDialsAsync()
    {
        try
        {
            await foreach (var dial in _wanted.Reader.ReadAllAsync(_stop.Token))
            {
                // From here on the dial answers for itself, so nothing in between may be cancelled away.
                _running.Add(DialAsync(dial, await MayStartAsync()));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }

    /// <summary>Waits for a free place and for the pace; false when the dialer closes meanwhile.</summary>
    private async Task<bool> MayStartAsync()
    {
        try
        {
            var wait = _starts.Spend(1);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, _time, _stop.Token);
            }

            await _halfOpen.WaitAsync(_stop.Token);
            return true;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task DialAsync(WantedDial dial, bool mayStart)
    {
        var (address, _, torrent) = dial;
        if (!mayStart)
        {
            Fail(address, torrent, "the dialer is closed");
            return;
        }

        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, torrent.Closing);
        IPeerTransport? transport = null;
        try
        {
            (var hello, transport) = await CallAsync(dial, cancel.Token);
            if (torrent.TryAdd(transport, hello))
            {
                transport = null;
            }
            else
            {
                Fail(address, torrent, "no room for another peer");
            }
        }
        catch (Exception e) when (e is SocketException or TimeoutException or ProtocolViolationException)
        {
            Fail(address, torrent, e.Message);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            Fail(address, torrent, "given up");
        }
        finally
        {
            transport?.Dispose();
        }
    }

    /// <summary>Connects and introduces us: plain or encrypted, and where the peer hangs up on that, the other way at once.</summary>
    private async Task<(PeerHello Hello, IPeerTransport Stream)> CallAsync(WantedDial dial, CancellationToken cancel)
    {
        var encrypt = _habits.EncryptsFirst(dial.Address);
        try
        {
            return await CallAsync(dial, encrypt, cancel);
        }
        catch (HungUpException) when (_habits.HasChoice)
        {
            // Somebody is there: one more dial that counts, but does not wait for its turn.
            _starts.Spend(1);
            await _halfOpen.WaitAsync(cancel);
        }

        var called = await CallAsync(dial, !encrypt, cancel);
        _habits.Remember(dial.Address, !encrypt);
        return called;
    }

    private async Task<(PeerHello Hello, IPeerTransport Stream)> CallAsync(WantedDial dial, bool encrypt, CancellationToken cancel)
    {
        IPeerTransport? transport = await ConnectAsync(dial.Address, dial.Patience, cancel);
        try
        {
            var called = await _handshaker.CallAsync(transport, dial.Address, dial.Torrent.InfoHashes, encrypt, cancel);
            transport = null;
            return called;
        }
        catch (SocketException e)
        {
            // Bytes of ours that were not read make the end of the connection a reset.
            throw new HungUpException(e.Message, e);
        }
        catch (TimeoutException)
        {
            // Something on the way may swallow what it can read, or cannot: the other way is tried the next time.
            _habits.Remember(dial.Address, !encrypt);
            throw;
        }
        finally
        {
            transport?.Dispose();
        }
    }

    private async Task<IPeerTransport> ConnectAsync(IPEndPoint address, TimeSpan patience, CancellationToken cancel)
    {
        Socket? socket = null;
        using var deadline = new Deadline(_route.Patience(patience), _time, cancel);
        try
        {
            socket = await _route.ConnectAsync(address, deadline.Token);
            var connected = new TcpTransport(socket);
            socket = null;
            return connected;
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw new TimeoutException("no connection in time");
        }
        finally
        {
            socket?.Dispose();
            _halfOpen.Release();
        }
    }

    private static void Fail(IPEndPoint address, PeerSessions torrent, string reason) =>
        torrent.Post(new TorrentEvent.DialFailed(address, reason));

    private readonly record struct WantedDial(IPEndPoint Address, TimeSpan Patience, PeerSessions Torrent);
}
