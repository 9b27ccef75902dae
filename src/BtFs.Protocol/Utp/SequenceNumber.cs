namespace BtFs.Protocol.Utp;

/// <summary>Sequence numbers of uTP are 16 bits and wrap around (BEP 29): one is after another if it is ahead by less than half of them.</summary>
public static class SequenceNumber
{
    /// <summary>The number <paramref name="by"/> packets on; may be negative.</summary>
    public static ushort Plus(ushort number, int by) => unchecked((ushort)(number + by));

    /// <summary>How far <paramref name="number"/> is ahead of <paramref name="of"/>; negative when it is behind.</summary>
    public static int Ahead(ushort number, ushort of) => unchecked((short)(number - of));
}
