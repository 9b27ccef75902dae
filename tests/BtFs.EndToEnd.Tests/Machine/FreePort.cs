using System.Net;
using System.Net.Sockets;

namespace BtFs.EndToEnd.Machine;

/// <summary>Ports that nobody listens on, found by listening on them.</summary>
internal static class FreePort
{
    /// <summary>A port that was free for TCP and UDP on this address a moment ago.</summary>
    public static int On(IPAddress address)
    {
        while (true)
        {
            using var tcp = new Socket(SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(new IPEndPoint(address, 0));
            var port = ((IPEndPoint)tcp.LocalEndPoint!).Port;
            using var udp = new Socket(SocketType.Dgram, ProtocolType.Udp);
            try
            {
                udp.Bind(new IPEndPoint(address, port));
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another program has this number for UDP: take the next.
            }
        }
    }
}
