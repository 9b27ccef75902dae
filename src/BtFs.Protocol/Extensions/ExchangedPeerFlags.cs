namespace BtFs.Protocol.Extensions;

/// <summary>What a peer says of another (BEP 11, <c>added.f</c>).</summary>
[Flags]
public enum ExchangedPeerFlags
{
    None = 0,
    PrefersEncryption = 0x01,
    Seed = 0x02,
    SupportsUtp = 0x04,
    SupportsHolepunch = 0x08,

    /// <summary>The teller has called it, so it can be called.</summary>
    Reachable = 0x10,
}
