using System.Text;

namespace BtFs.Protocol.Trackers;

/// <summary>Bytes in a URL's query (RFC 3986): an infohash is no text, so the framework's escaping of text does not fit it.</summary>
internal static class PercentEncoding
{
    public static StringBuilder AppendEscaped(this StringBuilder url, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            if (char.IsAsciiLetterOrDigit((char)value) || value is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~')
            {
                url.Append((char)value);
            }
            else
            {
                url.Append('%').Append(value.ToString("X2"));
            }
        }

        return url;
    }
}
