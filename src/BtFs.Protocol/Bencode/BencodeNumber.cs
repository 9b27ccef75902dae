namespace BtFs.Protocol.Bencode;

/// <summary>The two numbers of bencoding. Both are strict: no leading zero, no <c>-0</c>, no <c>+</c>, no blank.</summary>
internal static class BencodeNumber
{
    /// <summary>Digits of 2^63 − 1; a longer number cannot fit, and so need not be looked at.</summary>
    private const int MaxDigits = 19;

    /// <summary>Reads <c>-12e</c>, the rest of an integer after its <c>i</c>.</summary>
    public static bool TryReadInteger(ReadOnlySpan<byte> bytes, out long value, out int consumed)
    {
        value = 0;
        consumed = 0;
        var isNegative = bytes.Length > 0 && bytes[0] == '-';
        var digits = isNegative ? bytes[1..] : bytes;
        if (!TryReadDigits(digits, (byte)'e', out var magnitude, out var length))
        {
            return false;
        }

        // Two's complement has one more value below zero than above it.
        const ulong MaxNegative = 1UL << 63;
        if (isNegative ? magnitude is 0 or > MaxNegative : magnitude > long.MaxValue)
        {
            return false;
        }

        value = isNegative ? unchecked(-(long)magnitude) : (long)magnitude;
        consumed = length + (isNegative ? 1 : 0);
        return true;
    }

    /// <summary>Reads <c>12:</c>, the prefix of a string.</summary>
    public static bool TryReadLength(ReadOnlySpan<byte> bytes, out long length, out int consumed)
    {
        length = 0;
        if (!TryReadDigits(bytes, (byte)':', out var value, out consumed) || value > long.MaxValue)
        {
            return false;
        }

        length = (long)value;
        return true;
    }

    private static bool TryReadDigits(ReadOnlySpan<byte> bytes, byte terminator, out ulong value, out int consumed)
    {
        value = 0;
        consumed = 0;
        var window = bytes[..Math.Min(bytes.Length, MaxDigits + 1)];
        var count = window.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (count <= 0 || window[count] != terminator || (count > 1 && window[0] == '0'))
        {
            return false;
        }

        // 19 digits stay below 2^64.
        foreach (var digit in window[..count])
        {
            value = (value * 10) + (ulong)(digit - '0');
        }

        consumed = count + 1;
        return true;
    }
}
