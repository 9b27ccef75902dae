namespace BtFs.Engine.Peers;

/// <summary>How to call an address.</summary>
internal enum DialWay
{
    /// <summary>By TCP, and by uTP where that does not get through soon.</summary>
    TcpFirst,

    /// <summary>By both almost at once: uTP has worked there before, or somebody says that it does.</summary>
    Both,

    /// <summary>By uTP only: a hole is being made for it in two routers at once (BEP 55).</summary>
    UtpOnly,
}
