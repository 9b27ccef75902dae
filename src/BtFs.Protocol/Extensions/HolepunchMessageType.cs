namespace BtFs.Protocol.Extensions;

/// <summary>What a <see cref="HolepunchMessage"/> asks or says (BEP 55, "msg_type").</summary>
public enum HolepunchMessageType : byte
{
    /// <summary>To a relay: have the peer at this address and me call each other.</summary>
    Rendezvous = 0,

    /// <summary>From a relay: call this address by uTP now; it does the same.</summary>
    Connect = 1,

    /// <summary>From a relay: it cannot be done.</summary>
    Error = 2,
}
