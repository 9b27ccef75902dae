namespace BtFs.Protocol.Utp;

/// <summary>One uTP packet, still in the receive buffer (BEP 29).</summary>
/// <remarks>Borrowed: copy what must outlive the buffer.</remarks>
public readonly ref struct UtpPacket
{
    /// <summary>The number of the only extension known.</summary>
    public const byte SelectiveAckExtension = 1;

    /// <summary>Extensions that are looked at; a packet with more is thrown away.</summary>
    public const int MaxExtensions = 8;

    /// <summary>Bytes that each extension has in front: which is next, and its own length.</summary>
    public const int ExtensionPrefix = 2;

    private UtpPacket(UtpHeader header, ReadOnlySpan<byte> selectiveAck, ReadOnlySpan<byte> payload)
    {
        Header = header;
        SelectiveAck = selectiveAck;
        Payload = payload;
    }

    /// <summary>The fixed part.</summary>
    public UtpHeader Header { get; }

    /// <summary>Which packets after the first missing one have come: bit 0 of byte 0 is number Ack + 2. Empty where nothing is said. BEP 29 wants a multiple of four bytes, libtorrent sends any number.</summary>
    public ReadOnlySpan<byte> SelectiveAck { get; }

    /// <summary>Bytes of the stream.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Reads a datagram. Extensions that are not known are skipped.</summary>
    /// <returns>False when it is no packet of uTP version 1, or broken: then it is to be thrown away.</returns>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out UtpPacket packet)
    {
        packet = default;
        if (!UtpHeader.IsLikely(datagram))
        {
            return false;
        }

        var selectiveAck = ReadOnlySpan<byte>.Empty;
        var rest = datagram[UtpHeader.Bytes..];
        var next = datagram[1];
        for (var count = 0; next != 0; count++)
        {
            if (count == MaxExtensions || rest.Length < ExtensionPrefix || rest.Length < ExtensionPrefix + rest[1])
            {
                return false;
            }

            var body = rest.Slice(ExtensionPrefix, rest[1]);
            if (next == SelectiveAckExtension)
            {
                selectiveAck = body;
            }

            next = rest[0];
            rest = rest[(ExtensionPrefix + body.Length)..];
        }

        packet = new UtpPacket(UtpHeader.Read(datagram), selectiveAck, rest);
        return true;
    }

    /// <summary>Writes a packet that only acknowledges.</summary>
    /// <param name="destination">Long enough for header, prefix and mask.</param>
    /// <param name="header">Its fixed part.</param>
    /// <param name="selectiveAck">See <see cref="SelectiveAck"/>; empty for none.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, UtpHeader header, ReadOnlySpan<byte> selectiveAck)
    {
        if (selectiveAck.IsEmpty)
        {
            header.Write(destination);
            return UtpHeader.Bytes;
        }

        header.Write(destination, SelectiveAckExtension);
        destination[UtpHeader.Bytes] = 0;
        destination[UtpHeader.Bytes + 1] = (byte)selectiveAck.Length;
        selectiveAck.CopyTo(destination[(UtpHeader.Bytes + ExtensionPrefix)..]);
        return UtpHeader.Bytes + ExtensionPrefix + selectiveAck.Length;
    }
}
