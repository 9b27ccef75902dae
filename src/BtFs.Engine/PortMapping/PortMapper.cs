using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Discovery;
using BtFs.Protocol.PortMapping;
using Microsoft.Extensions.Logging;

namespace BtFs.Engine.PortMapping;

/// <summary>Has the gateways map our ports while a torrent lives. One for the process; thread-safe.</summary>
internal sealed class PortMapper : IAsyncDisposable
{
    private static readonly IPEndPoint SearchGroup = new(IPAddress.Parse(Ssdp.Group), Ssdp.Port);

    private readonly IReadOnlyList<GatewayMappings> _families;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private CancellationTokenSource? _stop;
    private int _torrents;
    private Task _running = Task.CompletedTask;

    /// <param name="families">What is to be held, each at a gateway of its own.</param>
    /// <param name="log">Where to write.</param>
    internal PortMapper(IReadOnlyList<GatewayMappings> families, ILogger log)
    {
        _families = families;
        _log = log;
    }

    /// <summary>One for this machine: by IPv4 for a port of the gateway, by IPv6 for a hole in its firewall.</summary>
    /// <param name="tcp">The TCP port; 0 for none.</param>
    /// <param name="udp">The UDP port; 0 for none.</param>
    /// <param name="report">Hears which port of an IPv4 gateway leads to us; null when it is lost. On any thread.</param>
    /// <param name="http">Talks to UPnP gateways.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Chance that needs no secrecy; safe from any thread.</param>
    /// <param name="log">Where to write.</param>
    internal static PortMapper Of(int tcp, int udp, Action<MappedPort, PortGrant?> report, HttpFetch http, TimeProvider time, Random random, ILogger log)
    {
        IReadOnlyList<MappedPort> ports =
        [
            .. new[] { (Protocol: TransportProtocol.Tcp, Number: tcp), (Protocol: TransportProtocol.Udp, Number: udp) }
                .Where(port => port.Number != 0)
                .Select(port => new MappedPort(port.Protocol, (ushort)port.Number)),
        ];
        var v4 = new GatewayMappings(
            () => GatewayLookup.Find(AddressFamily.InterNetwork),
            gateway =>
            [
                new PcpClient(gateway, NatPmp.GatewayPort, time),
                new NatPmpClient(gateway, NatPmp.GatewayPort, time),
                new UpnpClient(gateway, new UpnpSearch(gateway, SearchGroup, time), http, random),
            ],
            ports,
            report,
            time,
            log);

        // Our own address and port stay what they are, so there is nothing to tell.
        var v6 = new GatewayMappings(
            () => GatewayLookup.Find(AddressFamily.InterNetworkV6),
            gateway => [new PcpClient(gateway, NatPmp.GatewayPort, time)],
            ports,
            static (_, _) => { },
            time,
            log);
        return new PortMapper(ports.Count == 0 ? [] : [v4, v6], log);
    }

    /// <summary>A torrent lives from now on.</summary>
    internal void Begin()
    {
        lock (_lock)
        {
            if (_torrents++ == 0)
            {
                _stop = new CancellationTokenSource();
                _running = RunAsync(_running, _stop.Token);
            }
        }
    }

    /// <summary>It does no longer. After the last one the ports are given back, within a second.</summary>
    internal void End()
    {
        lock (_lock)
        {
            if (--_torrents == 0)
            {
                _stop?.Cancel();
            }
        }
    }

    /// <summary>Waits until all is given back. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        _stop?.Cancel();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync(Task before, CancellationToken stop)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await Task.WhenAll(_families.Select(family => family.RunAsync(stop)));
        }
        catch (Exception bug) when (Tell(bug))
        {
            // Told, and on its way to whoever awaits it.
        }
    }

    private bool Tell(Exception bug)
    {
        PortMappingLog.Failed(_log, bug);
        return false;
    }
}
