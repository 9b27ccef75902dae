using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Network;
using BtFs.Protocol.Dht;

namespace BtFs.Engine.Datagrams;

/// <summary>The UDP port of the process, for IPv4 and IPv6 alike: the DHT and uTP share it, and neither knows of the other.</summary>
internal sealed class UdpPort : IAsyncDisposable
{
    /// <summary>What the kernel may keep until we come to it: a window or two of uTP.</summary>
    private const int BufferBytes = 2 * 1024 * 1024;

    /// <summary>The longest payload that UDP over IPv4 can have, bytes.</summary>
    private const int MaxDatagram = 65_507;

    // Somebody who sends without end must not keep others from the thread that looks after sockets.
    private const int ReceivesInARow = 8;

    // Out of memory for the socket, mostly.
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(250);

    // An address of the documentation: looking for a route to it sends nothing.
    private static readonly IPEndPoint SomewhereIPv6 = new(IPAddress.Parse("2001:db8::1"), 9);

    private readonly Socket _socket;
    private readonly NetworkRoute _route;
    private readonly bool _isIPv6;
    private readonly bool _isDual;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _receiving;
    private volatile IDatagramReceiver[] _receivers = [];

    private UdpPort(Socket socket, NetworkRoute route, TimeProvider time)
    {
        _socket = socket;
        _route = route;
        _time = time;
        _socket.Blocking = false;
        _isIPv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        _isDual = _isIPv6 && socket.DualMode;
        Port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        Families = (_isIPv6 && !_isDual ? DhtFamilies.None : DhtFamilies.IPv4) | (_isIPv6 && HasIPv6Route(route) ? DhtFamilies.IPv6 : DhtFamilies.None);
        DatagramCalls.Prepare(socket);
        _receiving = ReceiveAsync();
    }

    internal int Port { get; }

    /// <summary>Families that can be reached; IPv6 where this machine has a way to the Internet by it.</summary>
    internal DhtFamilies Families { get; }

    /// <summary>Binds a port at every address that the route permits; another one where that number is taken.</summary>
    /// <param name="port">The number; 0 for any.</param>
    /// <param name="time">The clock.</param>
    /// <param name="route">By which way datagrams leave; null for any.</param>
    /// <exception cref="SocketException">There is no UDP to be had.</exception>
    internal static UdpPort Bind(int port, TimeProvider time, NetworkRoute? route = null)
    {
        route ??= new NetworkRoute(new NetworkOptions(), time);
        try
        {
            return new UdpPort(BindOne(port, route), route, time);
        }
        catch (SocketException) when (port != 0)
        {
            return new UdpPort(BindOne(0, route), route, time);
        }
    }

    /// <summary>Hands on everything that comes from now on. Any thread.</summary>
    internal void Add(IDatagramReceiver receiver)
    {
        lock (_stop)
        {
            _receivers = [.. _receivers, receiver];
        }
    }

    /// <summary>Does so no longer.</summary>
    internal void Remove(IDatagramReceiver receiver)
    {
        lock (_stop)
        {
            _receivers = [.. _receivers.Where(other => other != receiver)];
        }
    }

    /// <summary>The kernel's name for an address.</summary>
    internal SocketName NameOf(IPEndPoint address) => SocketName.Of(address, _isIPv6);

    /// <summary>Whether this socket can send there, and may.</summary>
    internal bool Reaches(IPEndPoint address) =>
        (address.AddressFamily == AddressFamily.InterNetwork ? _isDual || !_isIPv6 : _isIPv6) && !_route.IsBlocked(address.Address);

    /// <summary>Sends datagrams of one length, see <see cref="DatagramCalls.Send"/>. Any thread; never waits and never fails.</summary>
    internal SendOutcome Send(ReadOnlySpan<byte> datagrams, int each, in SocketName to)
    {
        if (each > MaxDatagram)
        {
            // No network carries it.
            return SendOutcome.Sent;
        }

        try
        {
            return DatagramCalls.Send(_socket.SafeHandle, datagrams, each, to);
        }
        catch (ObjectDisposedException)
        {
            // The end of the process: lost on its way.
            return SendOutcome.Sent;
        }
    }

    /// <summary>Stops receiving, and closes the socket. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _receiving;
        _socket.Dispose();
    }

    private async Task ReceiveAsync()
    {
        // Not on the thread of whoever binds it.
        await Task.Yield();
        var buffer = GC.AllocateUninitializedArray<byte>(64 * 1024, pinned: true);
        var peek = new byte[1];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _socket.ReceiveAsync(peek, SocketFlags.Peek, _stop.Token);
                while (ReceiveSome(buffer))
                {
                    await Task.Yield();
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException)
            {
                await PauseAsync();
            }
        }
    }

    /// <returns>False when nothing is left.</returns>
    private bool ReceiveSome(byte[] buffer)
    {
        for (var i = 0; i < ReceivesInARow && !_stop.IsCancellationRequested; i++)
        {
            var count = DatagramCalls.Receive(_socket.SafeHandle, buffer, out var from, out var each);
            if (count < 0)
            {
                return false;
            }

            if (count == 0 || (_route.HasFilter && _route.IsBlocked(from.ToEndPoint().Address)))
            {
                continue;
            }

            foreach (var receiver in _receivers)
            {
                receiver.Receive(buffer.AsSpan(0, count), each, from);
            }
        }

        return !_stop.IsCancellationRequested;
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

    private static Socket BindOne(int port, NetworkRoute route)
    {
        var socket = route.OpenAt(port, SocketType.Dgram, ProtocolType.Udp);
        socket.ReceiveBufferSize = BufferBytes;
        socket.SendBufferSize = BufferBytes;
        return socket;
    }

    private static bool HasIPv6Route(NetworkRoute route)
    {
        try
        {
            using var probe = route.Open(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            probe.Connect(SomewhereIPv6);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
