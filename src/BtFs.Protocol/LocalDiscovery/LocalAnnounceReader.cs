using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.LocalDiscovery;

/// <summary>Datagram to <see cref="LocalAnnounce"/> (BEP 14). Header names are read without regard to case, unknown ones are passed over.</summary>
public static class LocalAnnounceReader
{
    private const int HexChars = 2 * InfoHash.Size;

    private static ReadOnlySpan<byte> RequestLine => "BT-SEARCH * HTTP/1."u8;

    /// <summary>Reads a datagram.</summary>
    /// <param name="datagram">All of it.</param>
    /// <param name="announce">What it says.</param>
    /// <returns><see langword="false"/> if it is none, is too long, or names no port or no torrent: anyone can send such.</returns>
    public static bool TryRead(ReadOnlySpan<byte> datagram, [NotNullWhen(true)] out LocalAnnounce? announce)
    {
        announce = null;
        if (datagram.Length > LocalAnnounce.MaxBytes || !datagram.StartsWith(RequestLine))
        {
            return false;
        }

        ushort port = 0;
        string? cookie = null;
        var torrents = new List<InfoHash>();
        TakeLine(ref datagram);
        while (TakeLine(ref datagram) is { IsEmpty: false } line)
        {
            var colon = line.IndexOf((byte)':');
            if (colon < 0)
            {
                return false;
            }

            var value = line[(colon + 1)..].Trim(" \t"u8);
            if (Ascii.EqualsIgnoreCase(line[..colon], "port"u8))
            {
                port = Utf8Parser.TryParse(value, out ushort number, out var digits) && digits == value.Length ? number : (ushort)0;
            }
            else if (Ascii.EqualsIgnoreCase(line[..colon], "infohash"u8))
            {
                Add(value, torrents);
            }
            else if (Ascii.EqualsIgnoreCase(line[..colon], "cookie"u8) && value.Length <= LocalAnnounce.MaxCookieChars)
            {
                cookie = Encoding.Latin1.GetString(value);
            }
        }

        announce = port != 0 && torrents.Count > 0 ? new LocalAnnounce(port, torrents, cookie) : null;
        return announce is not null;
    }

    private static void Add(ReadOnlySpan<byte> hex, List<InfoHash> torrents)
    {
        Span<byte> hash = stackalloc byte[InfoHash.Size];
        if (hex.Length == HexChars && Convert.FromHexString(hex, hash, out _, out _) == System.Buffers.OperationStatus.Done)
        {
            torrents.Add(new InfoHash(hash));
        }
    }

    /// <summary>Cuts a line off the front; the last one may lack its end.</summary>
    private static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)'\n');
        var line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return line is [.. var content, (byte)'\r'] ? content : line;
    }
}
