using System.Buffers;
using System.Globalization;
using System.Text;

namespace BtFs.Protocol.LocalDiscovery;

/// <summary><see cref="LocalAnnounce"/> to a datagram (BEP 14).</summary>
public static class LocalAnnounceWriter
{
    /// <summary>Writes an announce.</summary>
    /// <param name="output">Takes at most <see cref="LocalAnnounce.MaxBytes"/>.</param>
    /// <param name="announce">At most <see cref="LocalAnnounce.MaxTorrents"/> torrents, and a cookie of at most <see cref="LocalAnnounce.MaxCookieChars"/>.</param>
    /// <param name="isIPv6">To which of the two groups it goes.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are more.</exception>
    public static void Write(IBufferWriter<byte> output, LocalAnnounce announce, bool isIPv6)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(announce.Torrents.Count, LocalAnnounce.MaxTorrents);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(announce.Cookie?.Length ?? 0, LocalAnnounce.MaxCookieChars);
        var host = isIPv6 ? $"[{LocalAnnounce.GroupV6}]" : LocalAnnounce.GroupV4;
        var text = new StringBuilder()
            .Append("BT-SEARCH * HTTP/1.1\r\n")
            .Append(CultureInfo.InvariantCulture, $"Host: {host}:{LocalAnnounce.GroupPort}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Port: {announce.Port}\r\n");
        foreach (var torrent in announce.Torrents)
        {
            text.Append(CultureInfo.InvariantCulture, $"Infohash: {torrent}\r\n");
        }

        if (announce.Cookie is { } cookie)
        {
            text.Append(CultureInfo.InvariantCulture, $"cookie: {cookie}\r\n");
        }

        // Two empty lines, as the BEP has it.
        output.Write(Encoding.Latin1.GetBytes(text.Append("\r\n\r\n").ToString()));
    }
}
