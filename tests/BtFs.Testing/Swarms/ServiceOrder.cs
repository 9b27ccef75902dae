namespace BtFs.Testing.Swarms;

/// <summary>In which order a peer serves what it was asked for.</summary>
internal enum ServiceOrder
{
    /// <summary>As asked: Transmission, and most others.</summary>
    Fifo,

    /// <summary>Any: anacrolix serves in the order of a Go map, libtorrent as its disk threads finish.</summary>
    Random,
}
