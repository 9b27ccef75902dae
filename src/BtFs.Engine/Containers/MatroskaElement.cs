using System.Numerics;

namespace BtFs.Engine.Containers;

/// <summary>The head of an EBML element (RFC 8794, 4 to 6).</summary>
/// <param name="Id">The identifier, its length marker kept, as the specification writes it.</param>
/// <param name="Header">Bytes of the head itself, 2 to <see cref="LongestHeader"/>.</param>
/// <param name="Length">Bytes of what follows, 0 to 2^56 − 2; null when the writer did not know.</param>
internal readonly record struct MatroskaElement(uint Id, int Header, long? Length)
{
    internal const int LongestHeader = 12;

    internal const uint Ebml = 0x1a45dfa3;
    internal const uint Segment = 0x18538067;
    internal const uint SeekHead = 0x114d9b74;
    internal const uint Seek = 0x4dbb;
    internal const uint SeekId = 0x53ab;
    internal const uint SeekPosition = 0x53ac;
    internal const uint Cluster = 0x1f43b675;
    internal const uint Cues = 0x1c53bb6b;

    /// <summary>Takes the next head off the front.</summary>
    /// <returns>False when it is not all there, or none.</returns>
    internal static bool TryRead(ref ReadOnlySpan<byte> bytes, out MatroskaElement element)
    {
        element = default;
        if (!TryReadNumber(bytes, longest: 4, out var id, out var idLength)
            || !TryReadNumber(bytes[idLength..], longest: 8, out var marked, out var lengthLength))
        {
            return false;
        }

        // The marker is the highest bit; all the others set means "unknown".
        var marker = 1UL << (7 * lengthLength);
        var length = marked - marker;
        element = new MatroskaElement((uint)id, idLength + lengthLength, length == marker - 1 ? null : (long)length);
        bytes = bytes[element.Header..];
        return true;
    }

    /// <summary>An unsigned number of 0 to 8 bytes; null when it is longer, or beyond 2^63 − 1.</summary>
    internal static long? Number(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > sizeof(ulong))
        {
            return null;
        }

        var value = BigEndian(bytes);
        return value <= long.MaxValue ? (long)value : null;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> bytes, int longest, out ulong value, out int length)
    {
        value = 0;
        length = bytes.IsEmpty ? 0 : BitOperations.LeadingZeroCount((uint)bytes[0]) - 24 + 1;
        if (length == 0 || length > longest || length > bytes.Length)
        {
            return false;
        }

        value = BigEndian(bytes[..length]);
        return true;
    }

    private static ulong BigEndian(ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        foreach (var next in bytes)
        {
            value = (value << 8) | next;
        }

        return value;
    }
}
