using System.Buffers;
using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.Peer;

/// <summary>The first 68 bytes that each side of a connection sends (BEP 3).</summary>
public readonly record struct Handshake(InfoHash InfoHash, PeerId PeerId)
{
    /// <summary>Length in bytes.</summary>
    public const int Bytes = NameBytes + ReservedBytes + InfoHash.Size + PeerId.Size;

    /// <summary>Length of what every handshake begins with, in bytes.</summary>
    public const int NameBytes = 1 + 19;

    private const int ReservedBytes = 8;

    // Which byte and bit of the reserved eight stand for what.
    private const int ExtendedByte = 5;
    private const byte ExtendedBit = 0x10;
    private const int LastByte = 7;
    private const byte DhtBit = 0x01;
    private const byte FastBit = 0x04;
    private const byte V2Bit = 0x10;

    /// <summary>Offers the Fast extension (BEP 6).</summary>
    public bool Fast { get; init; }

    /// <summary>Offers the extension protocol (BEP 10).</summary>
    public bool Extended { get; init; }

    /// <summary>Runs a DHT node (BEP 5).</summary>
    public bool Dht { get; init; }

    /// <summary>Speaks version 2 (BEP 52).</summary>
    public bool V2 { get; init; }

    private static ReadOnlySpan<byte> Protocol => "\u0013BitTorrent protocol"u8;

    /// <summary>Whether a handshake may begin with these bytes, as far as they go.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> bytes)
    {
        var name = Math.Min(bytes.Length, NameBytes);
        return bytes[..name].SequenceEqual(Protocol[..name]);
    }

    /// <summary>Takes a handshake off the front of <paramref name="buffer"/>.</summary>
    /// <returns><see langword="false"/> if more bytes are needed first.</returns>
    /// <exception cref="ProtocolViolationException">The bytes so far cannot become a handshake of this protocol.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, out Handshake handshake)
    {
        handshake = default;
        Span<byte> copy = stackalloc byte[Bytes];
        var bytes = copy[..(int)Math.Min(Bytes, buffer.Length)];
        buffer.Slice(0, bytes.Length).CopyTo(bytes);

        if (!MayBegin(bytes))
        {
            throw new ProtocolViolationException("The other side does not speak the BitTorrent protocol.");
        }

        if (bytes.Length < Bytes)
        {
            return false;
        }

        var reserved = bytes[Protocol.Length..];
        var infoHash = reserved[ReservedBytes..];
        handshake = new(new InfoHash(infoHash[..InfoHash.Size]), new PeerId(infoHash[InfoHash.Size..]))
        {
            Extended = (reserved[ExtendedByte] & ExtendedBit) != 0,
            Dht = (reserved[LastByte] & DhtBit) != 0,
            Fast = (reserved[LastByte] & FastBit) != 0,
            V2 = (reserved[LastByte] & V2Bit) != 0,
        };
        buffer = buffer.Slice(Bytes);
        return true;
    }

    /// <summary>Writes the 68 bytes.</summary>
    public void Write(IBufferWriter<byte> writer)
    {
        var span = writer.GetSpan(Bytes)[..Bytes];
        Protocol.CopyTo(span);
        var reserved = span.Slice(Protocol.Length, ReservedBytes);
        reserved.Clear();
        reserved[ExtendedByte] = Extended ? ExtendedBit : (byte)0;
        reserved[LastByte] = (byte)((Dht ? DhtBit : 0) | (Fast ? FastBit : 0) | (V2 ? V2Bit : 0));
        InfoHash.CopyTo(span[(Protocol.Length + ReservedBytes)..]);
        PeerId.CopyTo(span[^PeerId.Size..]);
        writer.Advance(Bytes);
    }
}
