using System.Net;
using BtFs.Protocol.PortMapping;

namespace BtFs.Engine.PortMapping;

/// <summary>Asks a gateway by NAT-PMP (RFC 6886).</summary>
/// <param name="gateway">Whom; IPv4.</param>
/// <param name="port">Its UDP port, <see cref="NatPmp.GatewayPort"/> but in tests.</param>
/// <param name="time">The clock.</param>
internal sealed class NatPmpClient(Gateway gateway, int port, TimeProvider time) : IGatewayClient
{
    private readonly GatewayExchange _exchange = new(gateway, port, NatPmp.MaxBytes, time);

    /// <inheritdoc/>
    public string Name => "NAT-PMP";

    /// <inheritdoc/>
    public async Task<PortGrant> MapAsync(MappedPort port, ushort wanted, CancellationToken cancel)
    {
        var answer = await AskAsync(port, wanted, (uint)PortMappingLimits.Lifetime.TotalSeconds, cancel);
        return answer.ExternalPort != 0
            ? new PortGrant(answer.ExternalPort, answer.Lifetime, await FindAddressAsync(cancel))
            : throw new GatewayException("it gives port 0");
    }

    /// <inheritdoc/>
    public Task UnmapAsync(MappedPort port, ushort external, CancellationToken cancel) => AskAsync(port, wanted: 0, seconds: 0, cancel);

    /// <inheritdoc/>
    public async Task<uint?> ReadEpochAsync(CancellationToken cancel)
    {
        var told = await _exchange.AskAsync<uint[]>(
            NatPmp.WriteAddressRequest(), packet => NatPmp.TryReadEpoch(packet.Span, out var seconds) ? [seconds] : null, cancel);
        return told[0];
    }

    private async Task<MapAnswer> AskAsync(MappedPort port, ushort wanted, uint seconds, CancellationToken cancel)
    {
        var answer = await _exchange.AskAsync(
            NatPmp.WriteMapRequest(port.Protocol, port.Number, wanted, seconds),
            packet => NatPmp.TryReadMap(packet.Span, port.Protocol, port.Number, out var read) ? read : null,
            cancel);
        return answer.Result == 0 ? answer : throw new GatewayException($"it refuses with {answer.Result}");
    }

    private async Task<IPAddress?> FindAddressAsync(CancellationToken cancel)
    {
        try
        {
            // In a list, because no address is an answer, too.
            var told = await _exchange.AskAsync<IPAddress?[]>(
                NatPmp.WriteAddressRequest(), packet => NatPmp.TryReadAddress(packet.Span, out var read) ? [read] : null, cancel);
            return told[0];
        }
        catch (GatewayException)
        {
            // The port is ours all the same.
            return null;
        }
    }
}
