namespace BtFs.Protocol.Dht;

/// <summary>Why a query is refused (BEP 5, BEP 44).</summary>
public static class KrpcErrorCode
{
    /// <summary>A sound question that this node cannot serve.</summary>
    public const int Server = 202;

    /// <summary>A malformed packet, a wrong argument, or a bad token.</summary>
    public const int Protocol = 203;

    /// <summary>No such query is known here.</summary>
    public const int MethodUnknown = 204;

    /// <summary>The value to be kept is above 1,000 bytes.</summary>
    public const int ValueTooBig = 205;
}
