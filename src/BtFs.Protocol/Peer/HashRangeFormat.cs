using System.Buffers.Binary;

namespace BtFs.Protocol.Peer;

/// <summary>The 48 bytes that begin each hash message of BEP 52.</summary>
internal static class HashRangeFormat
{
    public const int RootBytes = 32;
    public const int Bytes = RootBytes + (4 * sizeof(int));

    /// <exception cref="ProtocolViolationException">A number is negative.</exception>
    public static HashRange Read(ReadOnlySpan<byte> bytes) => new(
        bytes[..RootBytes].ToArray(),
        WireNumber.Read(bytes[RootBytes..]),
        WireNumber.Read(bytes[(RootBytes + 4)..]),
        WireNumber.Read(bytes[(RootBytes + 8)..]),
        WireNumber.Read(bytes[(RootBytes + 12)..]));

    /// <exception cref="ArgumentException">The pieces root is not 32 bytes long.</exception>
    public static void Write(Span<byte> destination, HashRange range)
    {
        if (range.PiecesRoot.Length != RootBytes)
        {
            throw new ArgumentException($"A pieces root has {RootBytes} bytes, not {range.PiecesRoot.Length}.", nameof(range));
        }

        range.PiecesRoot.Span.CopyTo(destination);
        BinaryPrimitives.WriteInt32BigEndian(destination[RootBytes..], range.BaseLayer);
        BinaryPrimitives.WriteInt32BigEndian(destination[(RootBytes + 4)..], range.Index);
        BinaryPrimitives.WriteInt32BigEndian(destination[(RootBytes + 8)..], range.Length);
        BinaryPrimitives.WriteInt32BigEndian(destination[(RootBytes + 12)..], range.ProofLayers);
    }
}
