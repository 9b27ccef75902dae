using System.Text;

namespace BtFs.Protocol.Metainfo;

/// <summary>Undoes the escapes of a query string (RFC 3986, section 2.1).</summary>
internal static class PercentEncoding
{
    /// <summary>Replaces <c>%41</c> by what it stands for, as UTF-8, and <c>+</c> by a blank. What is no escape stays as it is.</summary>
    public static string Decode(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAny('%', '+') < 0)
        {
            return text.ToString();
        }

        var source = Encoding.UTF8.GetBytes(text.ToArray());
        var decoded = new byte[source.Length];
        var length = 0;
        for (var i = 0; i < source.Length; i++)
        {
            var value = source[i];
            if (value == '+')
            {
                value = (byte)' ';
            }
            else if (value == '%' && i + 2 < source.Length && char.IsAsciiHexDigit((char)source[i + 1]) && char.IsAsciiHexDigit((char)source[i + 2]))
            {
                value = (byte)((HexDigit(source[i + 1]) << 4) | HexDigit(source[i + 2]));
                i += 2;
            }

            decoded[length++] = value;
        }

        return Encoding.UTF8.GetString(decoded, 0, length);
    }

    private static int HexDigit(byte digit) => char.IsAsciiDigit((char)digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
