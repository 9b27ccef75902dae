namespace BtFs.Protocol.Extensions;

/// <summary>Why a rendezvous cannot be had (BEP 55, "err_code").</summary>
public enum HolepunchError : uint
{
    None = 0,

    /// <summary>The address makes no sense.</summary>
    NoSuchPeer = 1,

    /// <summary>The relay is not connected to it.</summary>
    NotConnected = 2,

    /// <summary>The peer there does not speak ut_holepunch.</summary>
    NoSupport = 3,

    /// <summary>It is the relay's own.</summary>
    NoSelf = 4,
}
