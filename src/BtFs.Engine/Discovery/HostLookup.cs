using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Peers;

namespace BtFs.Engine.Discovery;

/// <summary>Finds the addresses of a host name.</summary>
/// <param name="ask">Who is asked; the system by default.</param>
/// <param name="time">The clock.</param>
internal sealed class HostLookup(TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>>? ask = null)
{
    /// <summary>A name server that takes longer is taken for dead.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _ask = ask ?? Dns.GetHostAddressesAsync;

    /// <summary>The addresses of a name, or the one that the text is.</summary>
    /// <exception cref="SocketException">There are none, or not within 5 s.</exception>
    public async Task<IPAddress[]> FindAsync(string host, CancellationToken cancel)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return [literal];
        }

        using var deadline = new Deadline(Timeout, time, cancel);
        try
        {
            // The system's resolver cannot be interrupted; it ends by itself, and nobody waits for it.
            var addresses = await _ask(host, deadline.Token).WaitAsync(deadline.Token);
            return addresses.Length > 0 ? addresses : throw new SocketException((int)SocketError.HostNotFound);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new SocketException((int)SocketError.TryAgain);
        }
    }
}
