namespace BtFs.Engine;

/// <summary>What carries connections with peers.</summary>
[Flags]
public enum PeerTransports
{
    /// <summary>TCP.</summary>
    Tcp = 1,

    /// <summary>uTP: streams over UDP that give way to others (BEP 29).</summary>
    Utp = 2,

    /// <summary>Whichever gets through.</summary>
    Both = Tcp | Utp,
}
