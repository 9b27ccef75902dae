namespace BtFs.Engine.Peers.Transports.Utp;

/// <summary>A packet that has a sequence number and is not acknowledged by everything before it.</summary>
internal struct SentPacket
{
    /// <summary>Rented; header and payload. Null once it was acknowledged.</summary>
    internal byte[]? Datagram;

    /// <summary>Bytes after the header.</summary>
    internal int Payload;

    internal long SentAt;

    /// <summary>How often it was sent.</summary>
    internal int Transmissions;

    /// <summary>The number of its last transmission, among all of the connection.</summary>
    internal long Order;

    /// <summary>Whether it is to be sent, again or for the first time: then it is not on its way.</summary>
    internal bool IsDue;

    internal readonly bool IsAcked => Datagram is null;
}
