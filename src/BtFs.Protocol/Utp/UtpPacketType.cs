namespace BtFs.Protocol.Utp;

/// <summary>What a uTP packet is for (BEP 29, "type").</summary>
public enum UtpPacketType : byte
{
    Data = 0,

    /// <summary>The last of its direction; takes a sequence number and carries nothing.</summary>
    Fin = 1,

    /// <summary>Acknowledges only. Takes no sequence number: it carries that of the next packet that will.</summary>
    State = 2,

    /// <summary>The sender knows nothing of the connection.</summary>
    Reset = 3,

    /// <summary>Opens a connection.</summary>
    Syn = 4,
}
