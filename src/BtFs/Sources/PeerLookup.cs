using System.Net;
using System.Net.Sockets;
using BtFs.Protocol.Metainfo;

namespace BtFs.Sources;

/// <summary>Finds the addresses of peers that were named by hand.</summary>
internal static class PeerLookup
{
    /// <summary>The addresses of some hints; hosts that nobody knows are left out.</summary>
    public static async Task<IReadOnlyList<IPEndPoint>> ResolveAsync(IEnumerable<PeerHint> hints, CancellationToken cancel)
    {
        var found = await Task.WhenAll(hints.Select(hint => TryResolveAsync(hint, cancel)));
        return [.. found.SelectMany(addresses => addresses).Distinct()];
    }

    /// <summary>The addresses of a peer that the user insists on.</summary>
    /// <exception cref="CommandException">There is no such host.</exception>
    public static async Task<IReadOnlyList<IPEndPoint>> ResolveAsync(PeerHint hint, CancellationToken cancel)
    {
        var addresses = await TryResolveAsync(hint, cancel);
        return addresses.Count > 0 ? addresses : throw new CommandException(ExitCode.Usage, $"--peer {hint}", "there is no such host");
    }

    private static async Task<IReadOnlyList<IPEndPoint>> TryResolveAsync(PeerHint hint, CancellationToken cancel)
    {
        if (IPAddress.TryParse(hint.Host, out var address))
        {
            return [new IPEndPoint(address, hint.Port)];
        }

        try
        {
            var addresses = await Dns.GetHostAddressesAsync(hint.Host, cancel);
            return [.. addresses.Select(found => new IPEndPoint(found, hint.Port))];
        }
        catch (SocketException)
        {
            return [];
        }
    }
}
