using System.Net;
using System.Net.Sockets;

namespace BtFs.EndToEnd.Swarm;

/// <summary>Addresses at which nobody answers, not even with a refusal: their queues of callers are full, and so the kernel drops every call.</summary>
internal sealed class BlackHoles : IDisposable
{
    /// <summary>Callers after which the shortest queue that Linux allows is certainly full.</summary>
    private const int Callers = 4;

    private readonly List<Socket> _sockets = [];

    /// <param name="count">How many, at most 250.</param>
    public BlackHoles(int count)
    {
        for (var i = 1; i <= count; i++)
        {
            var hole = Keep(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            hole.Bind(new IPEndPoint(new IPAddress([127, 0, 66, (byte)i]), 0));
            hole.Listen(0);
            Addresses.Add((IPEndPoint)hole.LocalEndPoint!);
            for (var caller = 0; caller < Callers; caller++)
            {
                // Nobody waits for these: the first fill the queue, and what becomes of the rest does not matter.
                var socket = Keep(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false });
                try
                {
                    socket.Connect(Addresses[^1]);
                }
                catch (SocketException pending) when (pending.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
                {
                }
            }
        }
    }

    public List<IPEndPoint> Addresses { get; } = [];

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

    private Socket Keep(Socket socket)
    {
        _sockets.Add(socket);
        return socket;
    }
}
