using System.Security.Cryptography;
using BtFs.Protocol.PortMapping;

namespace BtFs.Engine.PortMapping;

/// <summary>Asks a gateway by PCP (RFC 6887): for IPv4 for a port, for IPv6 for a hole in its firewall.</summary>
/// <param name="gateway">Whom.</param>
/// <param name="port">Its UDP port, <see cref="NatPmp.GatewayPort"/> but in tests.</param>
/// <param name="time">The clock.</param>
internal sealed class PcpClient(Gateway gateway, int port, TimeProvider time) : IGatewayClient
{
    // Whoever cannot read our packets must not guess it, or it could take our ports away.
    private readonly byte[] _nonce = RandomNumberGenerator.GetBytes(Pcp.NonceBytes);
    private readonly GatewayExchange _exchange = new(gateway, port, Pcp.MaxBytes, time);

    /// <inheritdoc/>
    public string Name => "PCP";

    /// <inheritdoc/>
    public async Task<PortGrant> MapAsync(MappedPort port, ushort wanted, CancellationToken cancel)
    {
        var answer = await AskAsync(port, wanted, (uint)PortMappingLimits.Lifetime.TotalSeconds, cancel);
        return answer.ExternalPort != 0
            ? new PortGrant(answer.ExternalPort, answer.Lifetime, answer.ExternalAddress)
            : throw new GatewayException("it gives port 0");
    }

    /// <inheritdoc/>
    public Task UnmapAsync(MappedPort port, ushort external, CancellationToken cancel) => AskAsync(port, external, seconds: 0, cancel);

    /// <inheritdoc/>
    public async Task<uint?> ReadEpochAsync(CancellationToken cancel)
    {
        var told = await _exchange.AskAsync<uint[]>(
            Pcp.WriteAnnounceRequest(gateway.Local), packet => Pcp.TryReadEpoch(packet.Span, out var seconds) ? [seconds] : null, cancel);
        return told[0];
    }

    private async Task<MapAnswer> AskAsync(MappedPort port, ushort wanted, uint seconds, CancellationToken cancel)
    {
        var answer = await _exchange.AskAsync(
            Pcp.WriteMapRequest(gateway.Local, _nonce, port.Protocol, port.Number, wanted, seconds),
            packet => Pcp.TryReadMap(packet.Span, _nonce, port.Protocol, port.Number, out var read) ? read : null,
            cancel);
        return answer.Result == 0 ? answer : throw new GatewayException($"it refuses with {answer.Result}");
    }
}
