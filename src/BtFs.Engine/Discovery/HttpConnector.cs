using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Peers;

namespace BtFs.Engine.Discovery;

/// <summary>Opens the connection under an HTTP request, to an address that the request's <see cref="HttpHop"/> allows.</summary>
internal sealed class HttpConnector(TimeProvider time, HostLookup lookup)
{
    /// <summary>For each address of a host with several: an unreachable one must not use up the time of the others.</summary>
    private static readonly TimeSpan AddressTimeout = TimeSpan.FromSeconds(4);

    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var hop = context.InitialRequestMessage.Options.TryGetValue(HttpHop.Key, out var found)
            ? found
            : throw new InvalidOperationException("A request without its hop cannot be checked.");
        var addresses = await lookup.FindAsync(context.DnsEndPoint.Host, cancel);
        foreach (var address in addresses)
        {
            hop.Check(address);
        }

        for (var i = 0; ; i++)
        {
            try
            {
                var stream = await ConnectAsync(new IPEndPoint(addresses[i], context.DnsEndPoint.Port), cancel);
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
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var deadline = new Deadline(AddressTimeout, time, cancel);
        var isConnected = false;
        try
        {
            await socket.ConnectAsync(address, deadline.Token);
            isConnected = true;
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }
        finally
        {
            if (!isConnected)
            {
                socket.Dispose();
            }
        }
    }
}
