using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Network;
using BtFs.Engine.Peers.Encryption;
using BtFs.Engine.Peers.Transports;
using BtFs.Engine.Peers.Transports.Utp;
using BtFs.Protocol.Metainfo;
using ProtocolViolationException = BtFs.Protocol.ProtocolViolationException;

namespace BtFs.Engine.Peers;

/// <summary>Answers peers that call us, and brings each to its torrent. One for the whole process.</summary>
internal sealed class PeerListener : IAsyncDisposable
{
    private const int Backlog = 128;

    // Out of file descriptors, mostly: calls wait in the backlog meanwhile.
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(250);

    private readonly Socket _socket;
    private readonly NetworkRoute _route;
    private readonly PeerHandshaker _handshaker;
    private readonly Func<InfoHash, PeerSessions?> _find;
    private readonly TimeProvider _time;
    private readonly PendingCallers _callers = new();
    private readonly OwnedTasks _running = new();

    // Never disposed: it has no timer, and disposing twice is harmless so.
    private readonly CancellationTokenSource _stop = new();

    private PeerListener(Socket socket, PeerHandshaker handshaker, Func<InfoHash, PeerSessions?> find, TimeProvider time, NetworkRoute route, bool takesTcp)
    {
        _socket = socket;
        _route = route;
        _handshaker = handshaker;
        _find = find;
        _time = time;
        Port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        if (takesTcp)
        {
            _running.Add(AcceptAsync());
        }
    }

    /// <summary>The TCP port, of IPv4 and IPv6 alike.</summary>
    internal int Port { get; }

    /// <summary>Listens on the first port of a range that is free, at every address that the route permits.</summary>
    /// <param name="minPort">First port to try; 0 lets the system choose.</param>
    /// <param name="maxPort">Last port to try.</param>
    /// <param name="handshaker">Hears who calls.</param>
    /// <param name="find">The torrent with an infohash, or null; called on any thread.</param>
    /// <param name="time">The clock.</param>
    /// <param name="route">By which way peers may call; null for any.</param>
    /// <param name="takesTcp">Whether peers may call by TCP. Else the port is only kept, for its number.</param>
    /// <returns>Null when no port of the range can be had, or nobody is to call us.</returns>
    internal static PeerListener? TryStart(
        int minPort,
        int maxPort,
        PeerHandshaker handshaker,
        Func<InfoHash, PeerSessions?> find,
        TimeProvider time,
        NetworkRoute? route = null,
        bool takesTcp = true)
    {
        route ??= new NetworkRoute(new NetworkOptions(), time);
        for (var port = minPort; port <= maxPort && !route.IsProxied; port++)
        {
            if (TryListen(route, port, takesTcp) is { } socket)
            {
                return new PeerListener(socket, handshaker, find, time, route, takesTcp);
            }
        }

        return null;
    }

    /// <summary>Answers a peer that calls by uTP. Never waits.</summary>
    internal void Answer(UtpTransport caller) => _running.Add(AnswerAsync(caller, caller.Address));

    /// <summary>Stops listening, and hangs up on callers whose handshake is not done. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        await _running.EndAsync();
        _socket.Dispose();
    }

    private static Socket? TryListen(NetworkRoute route, int port, bool takesTcp)
    {
        Socket? socket = null;
        try
        {
            socket = route.OpenAt(port, SocketType.Stream, ProtocolType.Tcp);
            if (takesTcp)
            {
                socket.Listen(Backlog);
            }

            return socket;
        }
        catch (SocketException)
        {
            // In use, or not permitted: the next one may do.
            socket?.Dispose();
            return null;
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var caller = await _socket.AcceptAsync(_stop.Token);
                _running.Add(AnswerAsync(caller));
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
            }
            catch (SocketException)
            {
                await PauseAsync();
            }
        }
    }

    private async Task PauseAsync()
    {
        try
        {
            await Task.Delay(PauseAfterFailure, _time, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }

    private async Task AnswerAsync(Socket caller)
    {
        var address = AddressOf(caller);
        try
        {
            await AnswerAsync(new TcpTransport(caller), address);
        }
        catch (SocketException)
        {
            // Gone already.
            caller.Dispose();
        }
    }

    private async Task AnswerAsync(IPeerTransport caller, IPEndPoint address)
    {
        IPeerTransport? open = caller;
        try
        {
            if (_stop.IsCancellationRequested || _route.IsBlocked(address.Address) || !_callers.TryAdd(address.Address))
            {
                return;
            }

            try
            {
                var (hello, torrent, stream) = await _handshaker.AnswerAsync(caller, address, _find, _stop.Token);
                if (torrent.TryAdd(stream, hello with { IsUtp = caller is UtpTransport, IsEncrypted = stream is EncryptedTransport { IsThroughout: true } }))
                {
                    open = null;
                }
            }
            finally
            {
                _callers.Remove(address.Address);
            }
        }
        catch (Exception e) when (e is SocketException or TimeoutException or ProtocolViolationException)
        {
            // A caller of no torrent of ours: nobody here waits to hear of it.
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        finally
        {
            open?.Dispose();
        }
    }

    private static IPEndPoint AddressOf(Socket caller)
    {
        var address = (IPEndPoint)caller.RemoteEndPoint!;
        return address.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(address.Address.MapToIPv4(), address.Port) : address;
    }
}
