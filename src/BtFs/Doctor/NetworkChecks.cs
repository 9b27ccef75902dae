using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BtFs.Commands;
using BtFs.Engine;
using BtFs.Engine.Discovery;
using BtFs.Sources;

namespace BtFs.Doctor;

/// <summary>What the network gives a mount. Nothing leaves by any other way than the options say.</summary>
/// <param name="request">The options.</param>
/// <param name="network">The way, checked.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Chance that needs no secrecy.</param>
internal sealed class NetworkChecks(MountRequest request, NetworkOptions network, TimeProvider time, Random random)
{
    /// <summary>How long a tracker, and the first node of the DHT, may take.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly NetworkProbe _probe = new(network, time, random);

    /// <summary>Asks everybody at once; each answer is a task of its own, in the order to be told.</summary>
    /// <param name="source">A torrent whose trackers are asked, or null.</param>
    /// <param name="cancel">Gives up.</param>
    public IReadOnlyList<Task<IReadOnlyList<Check>>> All(string? source, CancellationToken cancel)
    {
        var port = network.Proxy is null ? _probe.FindPort(request.MinPort, request.MaxPort) : 0;
        return
        [
            Task.FromResult<IReadOnlyList<Check>>([Port(port)]),
            GatewayAsync(port, cancel),
            DhtAsync(cancel),
            .. source is null ? Array.Empty<Task<IReadOnlyList<Check>>>() : [SourceAsync(source, port, cancel)],
        ];
    }

    /// <summary>Judges which port is free.</summary>
    public Check Port(int port)
    {
        const string Name = "port";
        if (network.Proxy is not null)
        {
            return Check.Ok(Name, "none: with --proxy nobody can call us");
        }

        var range = string.Create(CultureInfo.InvariantCulture, $"{request.MinPort} to {request.MaxPort}");
        return port == 0
            ? Check.Warning(Name, $"none of {range} is free: nobody can call us", "Choose others with --min-port and --max-port, or end what uses them.")
            : Check.Ok(Name, string.Create(CultureInfo.InvariantCulture, $"{port} can be listened on"));
    }

    /// <summary>Judges what the gateway gave.</summary>
    public static Check Gateway(GatewayFinding? found)
    {
        const string Name = "gateway";
        const string Forward = "Allow UPnP or NAT-PMP in the router, or forward the port there by hand. Downloading works without it, with fewer peers.";
        return found switch
        {
            null => Check.Ok(Name, "none: this machine has no default route over IPv4"),
            { Protocol: null } => Check.Warning(Name, $"{found.Gateway} gives no port by PCP, NAT-PMP or UPnP: peers outside may not reach us", Forward),
            { Address: { } outer } when IsShared(outer) => Check.Warning(
                Name, $"{found.Gateway} gives port {found.Port} by {found.Protocol}, but stands behind another gateway itself ({outer})", "Peers outside can reach us only if that one leads to it; some providers give a public address when asked."),
            _ => Check.Ok(Name, string.Create(CultureInfo.InvariantCulture, $"{found.Gateway} leads from its port {found.Port} to us ({found.Protocol})")),
        };
    }

    /// <summary>Judges how many nodes answered.</summary>
    public static Check Dht(int nodes) => nodes == 0
        ? Check.Warning("DHT", $"no node answered within {Patience.TotalSeconds:0} s", "A firewall may keep UDP back. Torrents with trackers work without the DHT; --dht-node=HOST:PORT names a node to begin at.")
        : Check.Ok("DHT", string.Create(CultureInfo.InvariantCulture, $"answers ({nodes} {(nodes == 1 ? "node" : "nodes")} so far)"));

    /// <summary>Judges a tracker's answer.</summary>
    public static Check Tracker(TrackerFinding found) => found.Trouble is { } trouble
        ? Check.Warning($"tracker", $"{found.Name}: {trouble}", "Other trackers and the DHT may do without it.")
        : Check.Ok("tracker", string.Create(CultureInfo.InvariantCulture, $"{found.Name} knows {found.Seeders} seeds and {found.Leechers} leechers"));

    private async Task<IReadOnlyList<Check>> GatewayAsync(int port, CancellationToken cancel)
    {
        if (network.Proxy is not null || network.BindTo is not null || !request.MapsPorts || port == 0)
        {
            return [Check.Ok("gateway", "is not asked")];
        }

        return [Gateway(await _probe.AskGatewayAsync(port, cancel))];
    }

    private async Task<IReadOnlyList<Check>> DhtAsync(CancellationToken cancel)
    {
        if (request.Dht is not { } dht || network.Proxy is not null)
        {
            return [Check.Ok("DHT", "is not used")];
        }

        try
        {
            return [Dht(await _probe.AskDhtAsync(dht, Patience, cancel))];
        }
        catch (SocketException e)
        {
            return [Check.Warning("DHT", $"there is no UDP ({e.Message})", "A sandbox may keep it back.")];
        }
    }

    private async Task<IReadOnlyList<Check>> SourceAsync(string text, int port, CancellationToken cancel)
    {
        try
        {
            var source = await SourceReader.ReadAsync(text, new PeerLookup(mayAsk: network.Proxy is null), network, time, cancel);
            var trackers = await _probe.AskTrackersAsync(source, port, Patience, cancel);
            return trackers.Count == 0 ? [Check.Ok("tracker", "the torrent names none")] : [.. trackers.Select(Tracker)];
        }
        catch (CommandException e)
        {
            return [Check.Problem("source", e.Message, e.Remedy ?? "Check what was named.")];
        }
        catch (TorrentDownloadException e)
        {
            return [Check.Problem("source", e.Message, "Check the address, or download the .torrent and name the file.")];
        }
    }

    /// <summary>Private addresses (RFC 1918), and those that a provider shares among its customers (RFC 6598).</summary>
    private static bool IsShared(IPAddress address)
    {
        var bytes = address.MapToIPv4().GetAddressBytes();
        return bytes is [10, ..] or [192, 168, ..] or [172, >= 16 and <= 31, ..] or [100, >= 64 and <= 127, ..];
    }
}
