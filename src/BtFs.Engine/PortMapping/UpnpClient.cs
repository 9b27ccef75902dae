using System.Net;
using BtFs.Engine.Discovery;
using BtFs.Protocol.PortMapping;

namespace BtFs.Engine.PortMapping;

/// <summary>Asks a gateway by UPnP (Internet Gateway Device 1 and 2).</summary>
/// <param name="gateway">Whom; IPv4.</param>
/// <param name="search">Finds where it is to be asked.</param>
/// <param name="http">Asks it.</param>
/// <param name="random">Chooses ports.</param>
internal sealed class UpnpClient(Gateway gateway, UpnpSearch search, HttpFetch http, Random random) : IGatewayClient
{
    private GatewayService? _service;

    /// <inheritdoc/>
    public string Name => "UPnP";

    /// <inheritdoc/>
    public async Task<PortGrant> MapAsync(MappedPort port, ushort wanted, CancellationToken cancel)
    {
        var service = _service ??= await FindAsync(cancel);
        var (external, seconds) = (wanted, (uint)PortMappingLimits.Lifetime.TotalSeconds);
        for (var i = 0; i < PortMappingLimits.Ports; i++)
        {
            var answer = await CallAsync(GatewayCall.AddPortMapping(service, port.Protocol, external, gateway.Local, port.Number, seconds), cancel);
            switch (answer.Error)
            {
                case null: return new PortGrant(external, PortMappingLimits.Lifetime, await FindAddressAsync(service, cancel));
                case GatewayAnswer.ForEverOnly when seconds != 0: seconds = 0; break;
                case GatewayAnswer.SamePortOnly when external != port.Number: external = port.Number; break;
                case GatewayAnswer.Conflict: external = (ushort)random.Next(PortMappingLimits.LowestPort, ushort.MaxValue + 1); break;
                default: throw new GatewayException($"it refuses with {answer.Error}");
            }
        }

        throw new GatewayException("it finds no port");
    }

    /// <inheritdoc/>
    public async Task UnmapAsync(MappedPort port, ushort external, CancellationToken cancel)
    {
        if (_service is { } service && (await CallAsync(GatewayCall.DeletePortMapping(service, port.Protocol, external), cancel)).Error is { } error)
        {
            throw new GatewayException($"it refuses with {error}");
        }
    }

    /// <inheritdoc/>
    public Task<uint?> ReadEpochAsync(CancellationToken cancel) => Task.FromResult<uint?>(null);

    private async Task<GatewayService> FindAsync(CancellationToken cancel)
    {
        var location = await search.FindAsync(cancel);
        try
        {
            var described = await http.GetAsync(location, PortMappingLimits.Description, cancel);
            return GatewayDescription.Read(described.Body.Span, location) ?? throw new GatewayException("it maps no ports");
        }
        catch (Exception e) when (e is HttpFetchException or FormatException)
        {
            throw new GatewayException(e.Message, e);
        }
    }

    private async Task<IPAddress?> FindAddressAsync(GatewayService service, CancellationToken cancel)
    {
        try
        {
            return (await CallAsync(GatewayCall.GetExternalAddress(service), cancel)).ExternalAddress;
        }
        catch (GatewayException)
        {
            // The port is ours all the same.
            return null;
        }
    }

    private async Task<GatewayAnswer> CallAsync(GatewayCall call, CancellationToken cancel)
    {
        try
        {
            // What is wrong comes with a status that says so, too.
            var answer = await http.PostAsync(_service!.Control, new HttpPost(call.Body, "text/xml; charset=\"utf-8\"", "SOAPAction", call.Action), PortMappingLimits.Call, cancel);
            return GatewayAnswer.Read(answer.Body.Span);
        }
        catch (Exception e) when (e is HttpFetchException or FormatException)
        {
            throw new GatewayException(e.Message, e);
        }
    }
}
