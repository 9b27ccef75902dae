using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Peers;
using BtFs.Protocol.Socks;
using ProtocolViolationException = BtFs.Protocol.ProtocolViolationException;

namespace BtFs.Engine.Network;

/// <summary>Has a SOCKS 5 proxy open connections. Thread-safe.</summary>
/// <remarks>
/// Every method throws <see cref="ProtocolViolationException"/> when the proxy refuses or is none, and <see cref="SocketException"/> when it cannot be
/// reached. A failed way never falls back to another one.
/// </remarks>
/// <param name="options">Which proxy.</param>
/// <param name="open">Makes a socket that leaves by the right way.</param>
internal sealed class Socks5Proxy(ProxyOptions options, Func<AddressFamily, Socket> open)
{
    /// <summary>A connection to an address.</summary>
    internal Task<Socket> ConnectAsync(IPEndPoint target, CancellationToken cancel) => ConnectAsync(Socks5.Connect(target.Address, target.Port), cancel);

    /// <summary>A connection to a host, whose name the proxy looks up.</summary>
    internal Task<Socket> ConnectAsync(string host, int port, CancellationToken cancel) =>
        host.Length is > 0 and <= Socks5.MaxNameBytes / 4
        || System.Text.Encoding.UTF8.GetByteCount(host) is > 0 and <= Socks5.MaxNameBytes
            ? ConnectAsync(Socks5.Connect(host, port), cancel)
            : throw new ProtocolViolationException("the host's name is too long for the proxy");

    /// <summary>Sees whether the proxy is one, and takes us.</summary>
    internal async Task CheckAsync(CancellationToken cancel)
    {
        using var socket = await IntroduceAsync(cancel);
    }

    private async Task<Socket> ConnectAsync(byte[] request, CancellationToken cancel)
    {
        var socket = await IntroduceAsync(cancel);
        try
        {
            await socket.SendAsync(request, cancel);
            Socks5.ReadOutcome(await ReadAsync(socket, Socks5.ShortReplyBytes, cancel));
            await ReadAsync(socket, Socks5.ReadHead(await ReadAsync(socket, Socks5.ReplyHeadBytes, cancel)), cancel);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<Socket> IntroduceAsync(CancellationToken cancel)
    {
        var socket = open(options.Address.AddressFamily);
        try
        {
            socket.NoDelay = true;
            await socket.ConnectAsync(options.Address, cancel);
            var hasLogin = options.Login is not null;
            await socket.SendAsync(Socks5.Greeting(hasLogin), cancel);
            if (Socks5.ReadMethod(await ReadAsync(socket, Socks5.ShortReplyBytes, cancel), hasLogin))
            {
                await socket.SendAsync(Socks5.Login(options.Login!.User, options.Login.Password), cancel);
                Socks5.ReadLogin(await ReadAsync(socket, Socks5.ShortReplyBytes, cancel));
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Receives no byte more than asked for: what follows is the other side's.</summary>
    private static async Task<byte[]> ReadAsync(Socket socket, int count, CancellationToken cancel)
    {
        var bytes = new byte[count];
        for (var received = 0; received < count;)
        {
            var more = await socket.ReceiveAsync(bytes.AsMemory(received), cancel);
            received += more > 0 ? more : throw new ProtocolViolationException("the proxy hung up");
        }

        return bytes;
    }
}
