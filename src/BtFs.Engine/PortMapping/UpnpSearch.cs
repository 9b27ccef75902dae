using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Peers;
using BtFs.Protocol.PortMapping;

namespace BtFs.Engine.PortMapping;

/// <summary>Asks the local network which device is a UPnP gateway (SSDP), and believes nobody but our gateway.</summary>
/// <param name="gateway">The gateway of the default route.</param>
/// <param name="group">Whom to ask; <see cref="Ssdp.Group"/> but in tests.</param>
/// <param name="time">The clock.</param>
internal sealed class UpnpSearch(Gateway gateway, IPEndPoint group, TimeProvider time)
{
    // linux/in.h
    private const int IpProtoIp = 0;
    private const int IpMulticastInterface = 32;

    private const int Times = 2;

    /// <summary>Where the gateway describes itself: a URL at its own address.</summary>
    /// <exception cref="GatewayException">It does not answer, or leads somewhere else.</exception>
    internal async Task<Uri> FindAsync(CancellationToken cancel)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(new IPEndPoint(gateway.Local, 0));
            socket.SetRawSocketOption(IpProtoIp, IpMulticastInterface, gateway.Local.GetAddressBytes());
            for (var i = 0; i < Times; i++)
            {
                foreach (var search in Ssdp.Searches)
                {
                    await socket.SendToAsync(search, SocketFlags.None, group, cancel);
                }

                if (await ReceiveAsync(socket, cancel) is { } location)
                {
                    return location;
                }
            }
        }
        catch (SocketException e)
        {
            throw new GatewayException(e.Message, e);
        }

        throw new GatewayException("no answer");
    }

    private async Task<Uri?> ReceiveAsync(Socket socket, CancellationToken cancel)
    {
        // One byte more than is read, so that a longer packet is seen to be one.
        var buffer = new byte[Ssdp.MaxBytes + 1];
        using var deadline = new Deadline(PortMappingLimits.SearchFor, time, cancel);
        try
        {
            for (var i = 0; i < PortMappingLimits.SearchAnswers; i++)
            {
                var result = await socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), deadline.Token);
                if (((IPEndPoint)result.RemoteEndPoint).Address.Equals(gateway.Address)
                    && Ssdp.ReadLocation(buffer.AsSpan(0, result.ReceivedBytes)) is { } location && IsAtGateway(location))
                {
                    return location;
                }
            }
        }
        catch (OperationCanceledException) when (deadline.HasPassed && !cancel.IsCancellationRequested)
        {
            // Nobody, so far.
        }

        return null;
    }

    /// <summary>A name, or another address, could be anybody's.</summary>
    private bool IsAtGateway(Uri location) => IPAddress.TryParse(location.Host, out var host) && host.Equals(gateway.Address);
}
