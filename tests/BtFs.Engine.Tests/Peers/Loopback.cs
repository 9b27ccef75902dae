using System.Net;
using System.Net.Sockets;

namespace BtFs.Engine.Tests.Peers;

/// <summary>Real sockets on 127.0.0.1.</summary>
internal static class Loopback
{
    /// <summary>How long a test waits for what should take milliseconds.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Two ends of one connection.</summary>
    /// <param name="theirReceiveBuffer">Bytes that the kernel keeps for the other end, or null for its own choice.</param>
    internal static async Task<(Socket Ours, Socket Theirs)> PairAsync(int? theirReceiveBuffer = null)
    {
        using var listener = Listen();
        if (theirReceiveBuffer is { } bytes)
        {
            listener.ReceiveBufferSize = bytes;
        }

        var ours = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await ours.ConnectAsync(listener.LocalEndPoint!);
        var theirs = await listener.AcceptAsync();
        theirs.NoDelay = true;
        return (ours, theirs);
    }

    internal static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(128);
        return listener;
    }

    internal static IPEndPoint Address(this Socket listener) => (IPEndPoint)listener.LocalEndPoint!;

    internal static async Task<byte[]> ReceiveExactlyAsync(this Socket socket, int count)
    {
        var bytes = new byte[count];
        for (var received = 0; received < count;)
        {
            var more = await socket.ReceiveAsync(bytes.AsMemory(received)).AsTask().WaitAsync(Patience);
            Assert.True(more > 0, $"The connection ended after {received} of {count} bytes.");
            received += more;
        }

        return bytes;
    }

    /// <summary>Whether the other end is closed, once everything it sent has been read.</summary>
    internal static async Task<bool> IsHungUpAsync(this Socket socket)
    {
        var scrap = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(scrap).WaitAsync(Patience) > 0)
            {
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
        }

        return true;
    }
}
