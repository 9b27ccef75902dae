using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BtFs.Protocol.Metainfo;

/// <summary>Where a peer or a DHT node may be found, as somebody wrote it down.</summary>
/// <param name="Host">A name, an IPv4 address, or an IPv6 address without brackets; not looked up and not trusted.</param>
/// <param name="Port">1 to 65,535.</param>
public sealed record PeerHint(string Host, ushort Port)
{
    /// <summary>Reads <c>host:port</c>; an IPv6 address stands in brackets.</summary>
    /// <returns><see langword="false"/> if the text is neither.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out PeerHint? hint)
    {
        hint = null;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            return false;
        }

        var host = text[..colon];
        var isBracketed = host[0] == '[';
        if (isBracketed)
        {
            host = host.EndsWith(']') ? host[1..^1] : "";
        }

        // Uri knows which characters a host may have; an IPv6 address outside brackets is ambiguous.
        var kind = Uri.CheckHostName(host);
        if (kind == UriHostNameType.Unknown || isBracketed != (kind == UriHostNameType.IPv6))
        {
            return false;
        }

        hint = new PeerHint(host, port);
        return true;
    }

    /// <summary><c>host:port</c>, an IPv6 address in brackets.</summary>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
