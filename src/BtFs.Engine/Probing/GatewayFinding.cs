using System.Net;

namespace BtFs.Engine;

/// <summary>What the gateway of the default route does for peers that call.</summary>
/// <param name="Gateway">Its address on our side.</param>
/// <param name="Protocol">By which protocol it gave a port; null when it gave none by any.</param>
/// <param name="Port">The port it gave.</param>
/// <param name="Address">Its outer address, where it tells.</param>
public sealed record GatewayFinding(IPAddress Gateway, string? Protocol, int Port, IPAddress? Address);
