using System.Net;
using System.Net.Sockets;
using BtFs.Protocol.Metainfo;

namespace BtFs.Sources;

/// <summary>Finds the addresses of peers that were named by hand.</summary>
/// <param name="mayAsk">Whether a name server may be asked: not where everything goes through a proxy.</param>
internal sealed class PeerLookup(bool mayAsk)
{
    /// <summary>The addresses of some hints; hosts that nobody knows are left out.</summary>
    public async Task<IReadOnlyList<IPEndPoint>> ResolveAsync(IEnumerable<PeerHint> hints, CancellationToken cancel)
    {
        var found = await Task.WhenAll(hints.Select(hint => TryResolveAsync(hint, cancel)));
        return [.. found.SelectMany(addresses => addresses).Distinct()];
    }

    /// <summary>The addresses of a peer that the user insists on.</summary>
    /// <exception cref="CommandException">There is no such host.</exception>
    public async Task<IReadOnlyList<IPEndPoint>> ResolveAsync(PeerHint hint, CancellationToken cancel)
    {
        var addresses = await TryResolveAsync(hint, cancel);
        return addresses.Count > 0
            ? addresses
            : throw new CommandException(
                ExitCode.Usage, $"--peer {hint}", mayAsk ? "there is no such host" : "nobody may be asked for a name with --proxy; name the peer by its address");
    }

    private async Task<IReadOnlyList<IPEndPoint>> TryResolveAsync(PeerHint hint, CancellationToken cancel)
    {
        if (IPAddress.TryParse(hint.Host, out var address))
        {
            return [new IPEndPoint(address, hint.Port)];
        }

        if (!mayAsk)
        {
            return [];
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
