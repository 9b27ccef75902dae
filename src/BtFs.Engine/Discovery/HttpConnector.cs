using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Network;
using BtFs.Engine.Peers;
using ProtocolViolationException = BtFs.Protocol.ProtocolViolationException;

namespace BtFs.Engine.Discovery;

/// <summary>Opens the connection under an HTTP request, to an address that the request's <see cref="HttpHop"/> allows.</summary>
internal sealed class HttpConnector(TimeProvider time, HostLookup lookup, NetworkRoute route)
{
    // An address of the documentation, which nothing local has: only the proxy knows where a name led.
    private static readonly IPAddress Elsewhere = IPAddress.Parse("192.0.2.1");

    /// <summary>For each address of a host with several: an unreachable one must not use up the time of the others.</summary>
    private static readonly TimeSpan AddressTimeout = TimeSpan.FromSeconds(4);

    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var hop = context.InitialRequestMessage.Options.TryGetValue(HttpHop.Key, out var found)
            ? found
            : throw new InvalidOperationException("A request without its hop cannot be checked.");
        try
        {
            return route.IsProxied ? await ConnectByProxyAsync(context.DnsEndPoint, hop, cancel) : await ConnectAsync(context.DnsEndPoint, hop, cancel);
        }
        catch (ProtocolViolationException refusal)
        {
            throw new HttpFetchException(refusal.Message, refusal);
        }
    }

    private async Task<Stream> ConnectByProxyAsync(DnsEndPoint host, HttpHop hop, CancellationToken cancel)
    {
        if (!IPAddress.TryParse(host.Host, out var address))
        {
            hop.ConnectedTo = Elsewhere;
            return new NetworkStream(await route.ConnectAsync(host.Host, host.Port, cancel), ownsSocket: true);
        }

        hop.Check(address);
        hop.ConnectedTo = address;
        return new NetworkStream(await route.ConnectAsync(new IPEndPoint(address, host.Port), cancel), ownsSocket: true);
    }

    private async Task<Stream> ConnectAsync(DnsEndPoint host, HttpHop hop, CancellationToken cancel)
    {
        var addresses = await lookup.FindAsync(host.Host, cancel);
        foreach (var address in addresses)
        {
            hop.Check(address);
        }

        for (var i = 0; ; i++)
        {
            try
            {
                var stream = await ConnectAsync(new IPEndPoint(addresses[i], host.Port), cancel);
                hop.ConnectedTo = addresses[i];
                return stream;
            }
            catch (SocketException) when (i < addresses.Length - 1)
            {
                // The next address may do.
            }
        }
    }

    private async Task<Stream> ConnectAsync(IPEndPoint address, CancellationToken cancel)
    {
        using var deadline = new Deadline(AddressTimeout, time, cancel);
        try
        {
            var socket = await route.ConnectAsync(address, deadline.Token);
            socket.NoDelay = true;
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }
    }
}
