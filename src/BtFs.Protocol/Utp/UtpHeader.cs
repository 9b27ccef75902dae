using System.Buffers.Binary;

namespace BtFs.Protocol.Utp;

/// <summary>The fixed part of a uTP packet (BEP 29, "version 1 header"), big endian on the wire.</summary>
/// <param name="Type">What the packet is for.</param>
/// <param name="ConnectionId">The connection, by the receiver's number for it.</param>
/// <param name="Timestamp">When it was sent by the sender's clock, microseconds; wraps around.</param>
/// <param name="Delay">How long the last packet of the other side was on its way, by the difference of both clocks, microseconds; 0 as long as none has come.</param>
/// <param name="Window">Bytes that the sender would still take.</param>
/// <param name="Sequence">The packet's own number.</param>
/// <param name="Ack">The last number up to which everything of the other side has come.</param>
public readonly record struct UtpHeader(
    UtpPacketType Type, ushort ConnectionId, uint Timestamp, uint Delay, uint Window, ushort Sequence, ushort Ack)
{
    /// <summary>Length of the header, bytes.</summary>
    public const int Bytes = 20;

    /// <summary>The only version there is.</summary>
    private const int Version = 1;

    /// <summary>Whether a datagram may be uTP rather than something else on the same port: KRPC begins with a <c>d</c>, whose lower half is 4.</summary>
    public static bool IsLikely(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= Bytes && (datagram[0] & 0x0f) == Version && datagram[0] >> 4 <= (int)UtpPacketType.Syn;

    /// <summary>Writes the header.</summary>
    /// <param name="destination">At least <see cref="Bytes"/> long.</param>
    /// <param name="extension">The first extension that follows, or 0.</param>
    public void Write(Span<byte> destination, byte extension = 0)
    {
        destination[0] = (byte)(((int)Type << 4) | Version);
        destination[1] = extension;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], ConnectionId);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], Timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], Delay);
        BinaryPrimitives.WriteUInt32BigEndian(destination[12..], Window);
        BinaryPrimitives.WriteUInt16BigEndian(destination[16..], Sequence);
        BinaryPrimitives.WriteUInt16BigEndian(destination[18..], Ack);
    }

    /// <summary>Reads a header that <see cref="IsLikely"/> has let pass.</summary>
    internal static UtpHeader Read(ReadOnlySpan<byte> source) => new(
        (UtpPacketType)(source[0] >> 4),
        BinaryPrimitives.ReadUInt16BigEndian(source[2..]),
        BinaryPrimitives.ReadUInt32BigEndian(source[4..]),
        BinaryPrimitives.ReadUInt32BigEndian(source[8..]),
        BinaryPrimitives.ReadUInt32BigEndian(source[12..]),
        BinaryPrimitives.ReadUInt16BigEndian(source[16..]),
        BinaryPrimitives.ReadUInt16BigEndian(source[18..]));
}
