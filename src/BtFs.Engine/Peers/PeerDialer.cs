using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using BtFs.Engine.Peers.Transports;
using BtFs.Engine.Peers.Transports.Utp;
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
    private readonly TransportRace _race;
    private readonly TimeProvider _time;
    private readonly Channel<WantedDial> _wanted =
        Channel.CreateUnbounded<WantedDial>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SemaphoreSlim _halfOpen = new(PeerLimits.HalfOpen);
    private readonly RateLimiter _starts;
    private readonly OwnedTasks _running = new();

    // Never disposed: it has no timer, and disposing twice is harmless so.
    private readonly CancellationTokenSource _stop = new();

    /// <param name="handshaker">Introduces us.</param>
    /// <param name="time">The clock.</param>
    /// <param name="race">Connects; null for TCP alone.</param>
    internal PeerDialer(PeerHandshaker handshaker, TimeProvider time, TransportRace? race = null)
    {
        _handshaker = handshaker;
        _race = race ?? new TransportRace(utp: null, usesTcp: true, time);
        _time = time;
        _starts = new RateLimiter(PeerLimits.DialRate, time, PeerLimits.DialBurst);
        _running.Add(StartDialsAsync());
    }

    /// <summary>Dials when its turn comes. Never waits.</summary>
    /// <param name="address">Whom to call.</param>
    /// <param name="patience">How long to wait for a connection.</param>
    /// <param name="torrent">Whose peer it will be.</param>
    /// <param name="way">By what.</param>
    internal void Dial(IPEndPoint address, TimeSpan patience, PeerSessions torrent, DialWay way = DialWay.TcpFirst)
    {
        if (!_wanted.Writer.TryWrite(new WantedDial(address, patience, torrent, way)))
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
        var (address, _, torrent, _) = dial;
        if (!mayStart)
        {
            Fail(address, torrent, "the dialer is closed");
            return;
        }

        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, torrent.Closing);
        IPeerTransport? transport = null;
        try
        {
            (transport, var hello) = await CallAsync(dial, cancel.Token);
            if (torrent.TryAdd(transport, hello with { IsUtp = transport is UtpTransport }))
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

    /// <summary>Connects and introduces us.</summary>
    private async Task<(IPeerTransport Transport, PeerHello Hello)> CallAsync(WantedDial dial, CancellationToken cancel)
    {
        var transport = await ConnectAsync(dial.Address, dial.Patience, dial.Way, cancel);
        try
        {
            return await IntroduceAsync(transport, dial, cancel);
        }
        catch (SocketException) when (transport is TcpTransport && _race.HasUtp)
        {
            // Peers that want no TCP take the call and hang up.
            return await IntroduceAsync(await _race.ConnectAfterRefusalAsync(dial.Address, cancel), dial, cancel);
        }
    }

    private async Task<(IPeerTransport Transport, PeerHello Hello)> IntroduceAsync(IPeerTransport transport, WantedDial dial, CancellationToken cancel)
    {
        try
        {
            return (transport, await _handshaker.CallAsync(transport, dial.Address, dial.Torrent.InfoHashes, cancel));
        }
        catch
        {
            transport.Dispose();
            throw;
        }
    }

    private async Task<IPeerTransport> ConnectAsync(IPEndPoint address, TimeSpan patience, DialWay way, CancellationToken cancel)
    {
        using var deadline = new Deadline(patience, _time, cancel);
        try
        {
            return await _race.ConnectAsync(address, way, deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw new TimeoutException("no connection in time");
        }
        finally
        {
            _halfOpen.Release();
        }
    }

    private static void Fail(IPEndPoint address, PeerSessions torrent, string reason) =>
        torrent.Post(new TorrentEvent.DialFailed(address, reason));

    private readonly record struct WantedDial(IPEndPoint Address, TimeSpan Patience, PeerSessions Torrent, DialWay Way);
}
