using System.Buffers.Binary;

namespace BtFs.Protocol.Peer;

/// <summary>A number on the peer wire: four bytes, big-endian. The wire means it unsigned, but no index or length above 2^31−1 is ever right.</summary>
internal static class WireNumber
{
    /// <exception cref="ProtocolViolationException">The number is above 2^31−1.</exception>
    public static int Read(ReadOnlySpan<byte> bytes)
    {
        var number = BinaryPrimitives.ReadInt32BigEndian(bytes);
        return number >= 0 ? number : throw new ProtocolViolationException($"Peer sent {unchecked((uint)number)} as an index or a length.");
    }
}
