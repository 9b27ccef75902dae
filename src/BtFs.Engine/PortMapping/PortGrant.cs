using System.Net;

namespace BtFs.Engine.PortMapping;

/// <summary>A port that a gateway has given us.</summary>
/// <param name="External">Its port.</param>
/// <param name="Lifetime">For how long, as it says.</param>
/// <param name="Address">Its outer address, where it tells.</param>
internal sealed record PortGrant(ushort External, TimeSpan Lifetime, IPAddress? Address);
