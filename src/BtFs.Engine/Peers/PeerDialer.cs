using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using BtFs.Engine.Network;
using BtFs.Engine.Peers.Encryption;
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
    private readonly EncryptionHabits _habits;

    // Never disposed: it has no timer, and disposing twice is harmless so.
    private readonly CancellationTokenSource _stop = new();

    /// <param name="handshaker">Introduces us.</param>
    /// <param name="time">The clock.</param>
    /// <param name="race">Connects; null for TCP alone.</param>
    internal PeerDialer(PeerHandshaker handshaker, TimeProvider time, TransportRace? race = null)
    {
        _handshaker = handshaker;
        _race = race ?? new TransportRace(utp: null, usesTcp: true, time, new NetworkRoute(new NetworkOptions(), time));
        _habits = new EncryptionHabits(handshaker.Encryption.Policy);
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

    /// <summary>Connects and introduces us. Where the peer hangs up on that, somebody is there: it is called the other way at once.</summary>
    private async Task<(PeerHello Hello, IPeerTransport Stream)> CallAsync(WantedDial dial, CancellationToken cancel)
    {
        var encrypt = _habits.EncryptsFirst(dial.Address);
        try
        {
            return await CallAsync(dial, encrypt, cancel);
        }
        catch (HungUpException) when (_habits.HasChoice)
        {
            // It may take encrypted calls only, or plain ones.
            await TakePlaceAsync(cancel);
        }
        catch (HungUpException) when (MayBeDeafToTcp(dial))
        {
            await TakePlaceAsync(cancel);
            return await CallAsync(dial with { Way = DialWay.UtpOnly }, encrypt, cancel);
        }

        try
        {
            var called = await CallAsync(dial, !encrypt, cancel);
            _habits.Remember(dial.Address, !encrypt);
            return called;
        }
        catch (HungUpException) when (MayBeDeafToTcp(dial))
        {
            await TakePlaceAsync(cancel);
        }

        return await CallAsync(dial with { Way = DialWay.UtpOnly }, encrypt, cancel);
    }

    /// <summary>Peers that want no TCP take the call and hang up.</summary>
    private bool MayBeDeafToTcp(WantedDial dial) => _race.HasUtp && dial.Way != DialWay.UtpOnly;

    /// <summary>One more dial, that counts but does not wait for its turn.</summary>
    private Task TakePlaceAsync(CancellationToken cancel)
    {
        _starts.Spend(1);
        return _halfOpen.WaitAsync(cancel);
    }

    private async Task<(PeerHello Hello, IPeerTransport Stream)> CallAsync(WantedDial dial, bool encrypt, CancellationToken cancel)
    {
        var connected = await ConnectAsync(dial, cancel);
        IPeerTransport? open = connected;
        try
        {
            var (hello, stream) = await _handshaker.CallAsync(connected, dial.Address, dial.Torrent.InfoHashes, encrypt, cancel);
            open = null;
            return (hello with { IsUtp = connected is UtpTransport, IsEncrypted = stream is EncryptedTransport { IsThroughout: true } }, stream);
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
            open?.Dispose();
        }
    }

    private async Task<IPeerTransport> ConnectAsync(WantedDial dial, CancellationToken cancel)
    {
        using var deadline = new Deadline(_race.Patience(dial.Patience), _time, cancel);
        try
        {
            return await _race.ConnectAsync(dial.Address, dial.Way, deadline.Token);
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
