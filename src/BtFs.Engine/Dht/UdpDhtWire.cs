using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Network;
using BtFs.Protocol.Dht;

namespace BtFs.Engine.Dht;

/// <summary>The UDP socket of the DHT, for IPv4 and IPv6 alike.</summary>
internal sealed class UdpDhtWire : IDhtWire, IDisposable
{
    // Out of memory for the socket, mostly.
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(250);

    // An address of the documentation: looking for a route to it sends nothing.
    private static readonly IPEndPoint SomewhereIPv6 = new(IPAddress.Parse("2001:db8::1"), 9);

    private readonly Socket _socket;
    private readonly NetworkRoute _route;
    private readonly bool _isDual;

    private UdpDhtWire(Socket socket, NetworkRoute route)
    {
        _socket = socket;
        _route = route;
        _socket.Blocking = false;
        var isIPv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        _isDual = isIPv6 && socket.DualMode;
        Port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        Families = (isIPv6 && !_isDual ? DhtFamilies.None : DhtFamilies.IPv4) | (isIPv6 && HasIPv6Route(route) ? DhtFamilies.IPv6 : DhtFamilies.None);
    }

    internal int Port { get; }

    /// <summary>Families that can be reached; IPv6 where this machine has a way to the Internet by it.</summary>
    internal DhtFamilies Families { get; }

    /// <summary>Binds a port at every address that the route permits; another one where that number is taken.</summary>
    /// <exception cref="SocketException">There is no UDP to be had.</exception>
    internal static UdpDhtWire Bind(int port, NetworkRoute route)
    {
        try
        {
            return new UdpDhtWire(route.OpenAt(port, SocketType.Dgram, ProtocolType.Udp), route);
        }
        catch (SocketException) when (port != 0)
        {
            return new UdpDhtWire(route.OpenAt(0, SocketType.Dgram, ProtocolType.Udp), route);
        }
    }

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> packet, IPEndPoint to)
    {
        if (_route.IsBlocked(to.Address))
        {
            return;
        }

        try
        {
            _socket.SendTo(packet, SocketFlags.None, _isDual && to.AddressFamily == AddressFamily.InterNetwork ? new IPEndPoint(to.Address.MapToIPv6(), to.Port) : to);
        }
        catch (SocketException)
        {
            // No route, no line, no room: a packet like any that is lost on its way.
        }
    }

    /// <summary>Hands on every packet that comes, until stopped.</summary>
    /// <param name="received">Takes a packet, which is its own from then on, and its sender. Must not wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Ends it.</param>
    internal async Task ReceiveAsync(Action<ReadOnlyMemory<byte>, IPEndPoint> received, TimeProvider time, CancellationToken stop)
    {
        // One byte more than is read, so that a longer packet is seen to be one.
        var buffer = new byte[KrpcMessage.MaxBytes + 1];
        var anyone = new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var result = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, anyone, stop);
                var from = (IPEndPoint)result.RemoteEndPoint;
                if (!_route.IsBlocked(from.Address))
                {
                    received(buffer.AsSpan(0, result.ReceivedBytes).ToArray(), from.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(from.Address.MapToIPv4(), from.Port) : from);
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(PauseAfterFailure, time, CancellationToken.None);
            }
        }
    }

    /// <summary>Closes the socket.</summary>
    public void Dispose() => _socket.Dispose();

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
