namespace BtFs.Protocol.Extensions;

/// <summary>Names by which peers agree on ids of extended messages (BEP 10, key <c>m</c>).</summary>
public static class ExtensionNames
{
    /// <summary>The info dictionary in pieces of 16 KiB (BEP 9).</summary>
    public const string Metadata = "ut_metadata";

    /// <summary>Addresses of other peers (BEP 11).</summary>
    public const string PeerExchange = "ut_pex";

    /// <summary>A piece that the peer had and has no more (BEP 54).</summary>
    public const string DontHave = "lt_donthave";

    /// <summary>Help for peers that cannot be called (BEP 55).</summary>
    public const string Holepunch = "ut_holepunch";
}
