using System.Buffers;
using System.Net;
using System.Net.Sockets;
using BtFs.Protocol.LocalDiscovery;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.LocalDiscovery;

/// <summary>The sockets of local discovery, one for each family, each in its multicast group on every interface that has one.</summary>
/// <remarks>
/// They are bound to the group's address, so nothing that is sent to this machine alone ever arrives. Other clients on it may have the same
/// port. A datagram travels no further than the next router.
/// </remarks>
internal sealed class MulticastWire : ILocalWire, IDisposable
{
    // linux/in.h, linux/in6.h, asm-generic/socket.h
    private const int SolSocket = 1;
    private const int SoReuseAddress = 2;
    private const int IpProtoIp = 0;
    private const int IpMulticastInterface = 32;
    private const int IpProtoIpv6 = 41;
    private const int Ipv6MulticastInterface = 17;

    // Out of memory for the socket, mostly.
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(250);

    private static readonly IPEndPoint GroupV4 = new(IPAddress.Parse(LocalAnnounce.GroupV4), LocalAnnounce.GroupPort);
    private static readonly IPEndPoint GroupV6 = new(IPAddress.Parse(LocalAnnounce.GroupV6), LocalAnnounce.GroupPort);

    private readonly Func<IReadOnlyList<LocalNetwork>> _list;
    private readonly List<(Socket Socket, IPEndPoint Group)> _sockets = [];
    private readonly ArrayBufferWriter<byte> _output = new(LocalAnnounce.MaxBytes);
    private IReadOnlyList<LocalNetwork> _networks = [];

    /// <summary>Opens what can be opened; without IPv6 in the kernel, IPv4 alone.</summary>
    /// <param name="list">Tells which networks there are.</param>
    /// <param name="log">Where to write when there is nothing.</param>
    internal MulticastWire(Func<IReadOnlyList<LocalNetwork>> list, ILogger log)
    {
        _list = list;
        foreach (var group in new[] { GroupV4, GroupV6 })
        {
            try
            {
                _sockets.Add((Bind(group), group));
            }
            catch (SocketException) when (group.AddressFamily == AddressFamily.InterNetworkV6)
            {
                // One family will do.
            }
            catch (SocketException e)
            {
                LocalDiscoveryLog.NoSocket(log, e.Message);
            }
        }
    }

    /// <summary>Looks which networks there are, and joins the groups in those that are new.</summary>
    /// <returns>Whether there are others than before.</returns>
    internal bool Refresh()
    {
        var networks = _list();
        if (networks.SequenceEqual(_networks))
        {
            return false;
        }

        foreach (var (socket, group) in _sockets)
        {
            foreach (var network in Interfaces(networks, group.AddressFamily).Except(Interfaces(_networks, group.AddressFamily)))
            {
                Join(socket, group.Address, network);
            }
        }

        _networks = networks;
        return true;
    }

    /// <inheritdoc/>
    public bool HasNetworks => _networks.Count > 0;

    /// <inheritdoc/>
    public bool IsNeighbour(IPAddress address) => _networks.Any(network => network.Contains(address));

    /// <inheritdoc/>
    public void Announce(LocalAnnounce announce)
    {
        foreach (var (socket, group) in _sockets)
        {
            _output.ResetWrittenCount();
            LocalAnnounceWriter.Write(_output, announce, group.AddressFamily == AddressFamily.InterNetworkV6);
            foreach (var number in Interfaces(_networks, group.AddressFamily))
            {
                try
                {
                    SendBy(socket, number);
                    socket.SendTo(_output.WrittenSpan, SocketFlags.None, group);
                }
                catch (SocketException)
                {
                    // The interface went, or is down: there is nobody to hear.
                }
            }
        }
    }

    /// <summary>Hands on every datagram that comes, until stopped.</summary>
    /// <param name="received">Takes a datagram, which is its own from then on, and its sender. Must not wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Ends it.</param>
    internal Task ReceiveAsync(Action<ReadOnlyMemory<byte>, IPEndPoint> received, TimeProvider time, CancellationToken stop) =>
        Task.WhenAll(_sockets.Select(pair => ReceiveAsync(pair.Socket, pair.Group.AddressFamily, received, time, stop)));

    /// <summary>Closes the sockets, which leaves the groups.</summary>
    public void Dispose() => _sockets.ForEach(pair => pair.Socket.Dispose());

    private static async Task ReceiveAsync(
        Socket socket, AddressFamily family, Action<ReadOnlyMemory<byte>, IPEndPoint> received, TimeProvider time, CancellationToken stop)
    {
        // One byte more than is read, so that a longer datagram is seen to be one.
        var buffer = new byte[LocalAnnounce.MaxBytes + 1];
        var anyone = new IPEndPoint(family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var result = await socket.ReceiveFromAsync(buffer, SocketFlags.None, anyone, stop);
                received(buffer.AsSpan(0, result.ReceivedBytes).ToArray(), (IPEndPoint)result.RemoteEndPoint);
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

    private static Socket Bind(IPEndPoint group)
    {
        var socket = new Socket(group.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            // Not by SocketOptionName.ReuseAddress, which is another option of Linux: all who share a port must have the same one.
            socket.SetRawSocketOption(SolSocket, SoReuseAddress, Number(1));
            socket.Blocking = false;
            socket.Bind(group);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static IEnumerable<int> Interfaces(IReadOnlyList<LocalNetwork> networks, AddressFamily family) =>
        networks.Where(network => network.Address.AddressFamily == family).Select(network => network.Interface).Distinct();

    private static void Join(Socket socket, IPAddress group, int number)
    {
        try
        {
            if (group.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(group, number));
            }
            else
            {
                socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(group, number));
            }
        }
        catch (SocketException)
        {
            // Joined in before, or no more groups to be had: there may be other networks.
        }
    }

    private static void SendBy(Socket socket, int number)
    {
        if (socket.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.SetRawSocketOption(IpProtoIpv6, Ipv6MulticastInterface, Number(number));
            return;
        }

        // struct ip_mreqn: a group and an address, of which neither counts, and the interface.
        Span<byte> chosen = stackalloc byte[12];
        chosen.Clear();
        Number(number).CopyTo(chosen[8..]);
        socket.SetRawSocketOption(IpProtoIp, IpMulticastInterface, chosen);
    }

    private static byte[] Number(int number) => BitConverter.GetBytes(number);
}
