namespace BtFs.Engine.Datagrams;

/// <summary>One of those who share a UDP port. Each hears everything, and takes what is its own by the first bytes.</summary>
internal interface IDatagramReceiver
{
    /// <summary>Datagrams have come. Must not wait.</summary>
    /// <param name="datagrams">One or more, one behind the other; borrowed.</param>
    /// <param name="each">Bytes of each but the last, which may be shorter. At least 1.</param>
    /// <param name="from">The sender of all of them.</param>
    void Receive(ReadOnlySpan<byte> datagrams, int each, in SocketName from);
}
