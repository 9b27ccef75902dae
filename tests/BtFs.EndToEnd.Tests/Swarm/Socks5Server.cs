using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BtFs.EndToEnd.Swarm;

/// <summary>A SOCKS 5 proxy that passes on what it is asked to, and remembers whom it was asked for.</summary>
internal sealed class Socks5Server : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _serving = [];
    private readonly string? _password;

    /// <param name="at">Where it listens.</param>
    /// <param name="password">What user "me" must say; null where anybody may come.</param>
    public Socks5Server(IPAddress at, string? password = null)
    {
        _password = password;
        _listener.Bind(new IPEndPoint(at, 0));
        _listener.Listen(100);
        _serving.Add(AcceptAsync());
    }

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Callers so far.</summary>
    public int Callers { get; private set; }

    /// <summary>Whom it was asked for, as HOST:PORT.</summary>
    public ConcurrentQueue<string> Targets { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await Task.WhenAll(_serving);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var caller = await _listener.AcceptAsync(_stop.Token);
                Callers++;
                _serving.Add(ServeAsync(caller));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket caller)
    {
        using var here = new NetworkStream(caller, ownsSocket: true);
        try
        {
            await GreetAsync(here);
            var head = await ReadAsync(here, 4);
            var host = head[3] switch
            {
                1 => new IPAddress(await ReadAsync(here, 4)).ToString(),
                4 => $"[{new IPAddress(await ReadAsync(here, 16))}]",
                _ => Encoding.UTF8.GetString(await ReadAsync(here, (await ReadAsync(here, 1))[0])),
            };
            var port = await ReadAsync(here, 2);
            var number = (port[0] << 8) | port[1];
            Targets.Enqueue($"{host}:{number}");

            // The names of these tests are of this machine.
            var address = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? literal : IPAddress.Loopback;
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, number), _stop.Token);
            }
            catch (SocketException)
            {
                await here.WriteAsync(new byte[] { 5, 5, 0, 1, 0, 0, 0, 0, 0, 0 }, _stop.Token);
                return;
            }

            await here.WriteAsync(new byte[] { 5, 0, 0, 1, 0, 0, 0, 0, 0, 0 }, _stop.Token);
            using var there = new NetworkStream(socket, ownsSocket: false);
            await Task.WhenAny(here.CopyToAsync(there, _stop.Token), there.CopyToAsync(here, _stop.Token));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Either side has gone.
        }
    }

    private async Task GreetAsync(NetworkStream here)
    {
        var methods = await ReadAsync(here, (await ReadAsync(here, 2))[1]);
        if (_password is null)
        {
            await here.WriteAsync(new byte[] { 5, 0 }, _stop.Token);
            return;
        }

        await here.WriteAsync(new byte[] { 5, methods.Contains((byte)2) ? (byte)2 : (byte)0xff }, _stop.Token);
        var user = await ReadAsync(here, (await ReadAsync(here, 2))[1]);
        var password = await ReadAsync(here, (await ReadAsync(here, 1))[0]);
        var isRight = Encoding.UTF8.GetString(user) == "me" && Encoding.UTF8.GetString(password) == _password;
        await here.WriteAsync(new byte[] { 1, isRight ? (byte)0 : (byte)1 }, _stop.Token);
    }

    private async Task<byte[]> ReadAsync(NetworkStream from, int count)
    {
        var bytes = new byte[count];
        await from.ReadExactlyAsync(bytes, _stop.Token);
        return bytes;
    }
}
