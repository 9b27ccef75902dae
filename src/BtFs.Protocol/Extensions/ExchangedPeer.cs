using System.Net;

namespace BtFs.Protocol.Extensions;

/// <summary>A peer that another is connected to, as it says (BEP 11).</summary>
/// <param name="Address">Where it can be called; never with port 0.</param>
/// <param name="Flags">What is known of it.</param>
public readonly record struct ExchangedPeer(IPEndPoint Address, ExchangedPeerFlags Flags);
