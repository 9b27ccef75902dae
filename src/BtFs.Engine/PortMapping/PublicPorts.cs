using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Discovery;
using BtFs.Protocol.PortMapping;

namespace BtFs.Engine.PortMapping;

/// <summary>The ports at which others reach us: the one place that knows of a gateway's. Thread-safe.</summary>
/// <param name="tcp">The TCP port that listens for peers; 0 for none.</param>
/// <param name="udp">The UDP port of the DHT; 0 for none.</param>
internal sealed class PublicPorts(int tcp, int udp)
{
    private volatile int _mappedTcp;
    private volatile int _mappedUdp;

    /// <summary>The TCP port that strangers are told of; 0 where there is none.</summary>
    internal int Tcp => tcp != 0 && _mappedTcp is not 0 and var mapped ? mapped : tcp;

    /// <summary>The UDP port that strangers are told of; 0 where there is none.</summary>
    internal int Udp => udp != 0 && _mappedUdp is not 0 and var mapped ? mapped : udp;

    /// <summary>The TCP port for somebody at this address: who calls us through no gateway, or by IPv6, needs our own.</summary>
    internal int TcpFor(IPAddress caller) => IsDirect(caller) ? tcp : Tcp;

    /// <summary>The UDP port, likewise.</summary>
    internal int UdpFor(IPAddress caller) => IsDirect(caller) ? udp : Udp;

    /// <summary>The gateway's port is this one now; 0 for none.</summary>
    /// <returns>Whether strangers are to be told of another port than before.</returns>
    internal bool SetMapped(TransportProtocol protocol, int external)
    {
        var (tcpBefore, udpBefore) = (Tcp, Udp);
        if (protocol == TransportProtocol.Tcp)
        {
            _mappedTcp = external;
        }
        else
        {
            _mappedUdp = external;
        }

        return Tcp != tcpBefore || Udp != udpBefore;
    }

    private static bool IsDirect(IPAddress caller) => caller.AddressFamily == AddressFamily.InterNetworkV6 || AddressScope.IsLocal(caller);
}
