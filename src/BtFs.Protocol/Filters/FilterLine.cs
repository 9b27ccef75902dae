using System.Buffers.Binary;
using System.Buffers.Text;
using System.Net;

namespace BtFs.Protocol.Filters;

/// <summary>One line of a list of addresses, in the formats that people have: they may be mixed.</summary>
/// <remarks>
/// <code>
/// a name: perhaps more:1.2.3.4-1.2.3.9             PeerGuardian and eMule text (p2p)
/// 001.002.003.004 - 001.002.003.009 , 100 , name   ipfilter.dat; a level above 127 permits
/// 1.2.3.0/24 · 2001:db8::/32 · 1.2.3.4             networks and single addresses
/// # a comment · // a comment                       nothing, like an empty line
/// </code>
/// </remarks>
public static class FilterLine
{
    /// <summary>The longest line that is read, in bytes.</summary>
    public const int MaxBytes = 4096;

    // eMule: levels from 0 to 127 are filtered.
    private const int HighestBlocked = 127;
    private const int IPv4Bits = 32;
    private const int IPv6Bits = 128;

    /// <summary>Reads a line, without its end.</summary>
    /// <param name="line">The line's bytes, ASCII as far as they matter.</param>
    /// <param name="range">What it blocks; null where it blocks nothing.</param>
    /// <returns>Whether it makes sense.</returns>
    public static bool TryRead(ReadOnlySpan<byte> line, out AddressRange? range)
    {
        range = null;
        line = Trim(line);
        if (line.IsEmpty || line[0] == '#' || line.StartsWith("//"u8))
        {
            return true;
        }

        if (line.Length > MaxBytes)
        {
            return false;
        }

        var comma = line.IndexOf((byte)',');
        if (comma >= 0 && TryReadRange(line[..comma], out var leveled))
        {
            range = IsBlocked(line[(comma + 1)..]) ? leveled : null;
            return true;
        }

        // A name may have colons, and so may an address: what is left of the first one that leaves a range is the name.
        for (var rest = line; ;)
        {
            if (TryReadRange(rest, out var found))
            {
                range = found;
                return true;
            }

            // Behind a name there is always a range.
            var colon = rest.IndexOf((byte)':');
            if (colon < 0 || rest[colon..].IndexOf((byte)'-') < 0)
            {
                return false;
            }

            rest = rest[(colon + 1)..];
        }
    }

    private static bool IsBlocked(ReadOnlySpan<byte> afterRange)
    {
        var comma = afterRange.IndexOf((byte)',');
        var level = Trim(comma < 0 ? afterRange : afterRange[..comma]);
        return !Utf8Parser.TryParse(level, out int number, out var used) || used != level.Length || number <= HighestBlocked;
    }

    private static bool TryReadRange(ReadOnlySpan<byte> text, out AddressRange range)
    {
        range = default;
        text = Trim(text);
        var dash = text.IndexOf((byte)'-');
        if (dash >= 0)
        {
            if (!TryReadAddress(text[..dash], out var first, out var isIPv6) || !TryReadAddress(text[(dash + 1)..], out var last, out var alsoIPv6))
            {
                return false;
            }

            range = new AddressRange(first, last, isIPv6);
            return isIPv6 == alsoIPv6 && first <= last;
        }

        var slash = text.IndexOf((byte)'/');
        if (!TryReadAddress(slash < 0 ? text : text[..slash], out var address, out var isLong))
        {
            return false;
        }

        var bits = isLong ? IPv6Bits : IPv4Bits;
        var prefix = bits;
        if (slash >= 0)
        {
            var digits = text[(slash + 1)..];
            if (!Utf8Parser.TryParse(digits, out prefix, out var used) || used != digits.Length || prefix < 0 || prefix > bits)
            {
                return false;
            }
        }

        var hosts = prefix == bits ? UInt128.Zero : UInt128.MaxValue >> (IPv6Bits - (bits - prefix));
        range = new AddressRange(address & ~hosts, address | hosts, isLong);
        return true;
    }

    private static bool TryReadAddress(ReadOnlySpan<byte> text, out UInt128 address, out bool isIPv6)
    {
        text = Trim(text);
        isIPv6 = text.IndexOf((byte)':') >= 0;
        if (!isIPv6)
        {
            var isRead = TryReadIPv4(text, out var number);
            address = number;
            return isRead;
        }

        Span<byte> bytes = stackalloc byte[IPv6Bits / 8];
        address = default;
        if (text.IndexOf((byte)'%') >= 0 || text.IndexOf((byte)'[') >= 0 || !IPAddress.TryParse(text, out var parsed) || !parsed.TryWriteBytes(bytes, out _))
        {
            return false;
        }

        address = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return true;
    }

    /// <summary>Four decimal numbers. Zeros in front mean nothing here, while the system's parser would take the rest for octal.</summary>
    private static bool TryReadIPv4(ReadOnlySpan<byte> text, out uint address)
    {
        address = 0;
        uint part = 0;
        int digits = 0, dots = 0;
        foreach (var symbol in text)
        {
            if (symbol is >= (byte)'0' and <= (byte)'9' && digits < 3)
            {
                part = (part * 10) + symbol - '0';
                digits++;
            }
            else if (symbol == '.' && digits > 0 && dots < 3 && part <= byte.MaxValue)
            {
                address = (address << 8) | part;
                part = 0;
                digits = 0;
                dots++;
            }
            else
            {
                return false;
            }
        }

        address = (address << 8) | part;
        return dots == 3 && digits > 0 && part <= byte.MaxValue;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t\r\uFEFF"u8);
}
