using System.Buffers;

namespace BtFs.Protocol.Metainfo;

/// <summary>Infohashes as people write them.</summary>
internal static class InfoHashText
{
    private const int Base32Length = InfoHash.Size * 8 / 5;

    /// <summary>40 hexadecimal or 32 base32 digits, in either case.</summary>
    public static bool TryReadV1(ReadOnlySpan<char> text, out InfoHash hash)
    {
        Span<byte> bytes = stackalloc byte[InfoHash.Size];
        var isRead = text.Length == Base32Length ? TryReadBase32(text, bytes) : TryReadHex(text, bytes);
        hash = isRead ? new InfoHash(bytes) : default;
        return isRead;
    }

    /// <summary>64 hexadecimal digits, in either case.</summary>
    public static bool TryReadV2(ReadOnlySpan<char> text, out InfoHashV2 hash)
    {
        Span<byte> bytes = stackalloc byte[Metainfo.InfoHashV2.Size];
        var isRead = TryReadHex(text, bytes);
        hash = isRead ? new InfoHashV2(bytes) : default;
        return isRead;
    }

    private static bool TryReadHex(ReadOnlySpan<char> text, Span<byte> bytes) =>
        text.Length == bytes.Length * 2 && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done;

    /// <summary>RFC 4648, section 6. 160 bits are exactly 32 digits, so there is no padding.</summary>
    private static bool TryReadBase32(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        var bits = 0U;
        var count = 0;
        var written = 0;
        foreach (var letter in text)
        {
            var digit = letter switch
            {
                >= 'A' and <= 'Z' => letter - 'A',
                >= 'a' and <= 'z' => letter - 'a',
                >= '2' and <= '7' => letter - '2' + 26,
                _ => -1,
            };
            if (digit < 0)
            {
                return false;
            }

            bits = (bits << 5) | (uint)digit;
            count += 5;
            if (count >= 8)
            {
                count -= 8;
                bytes[written++] = (byte)((bits >> count) & 0xff);
            }
        }

        return true;
    }
}
