using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.LocalDiscovery;

/// <summary>Somebody on the local network says in which swarms it is (BEP 14). The address is that of the datagram.</summary>
/// <param name="Port">The TCP port on which it listens, 1 to 65535.</param>
/// <param name="Torrents">Its torrents, at least one.</param>
/// <param name="Cookie">By which the sender knows its own announces again; null where it gave none.</param>
public sealed record LocalAnnounce(ushort Port, IReadOnlyList<InfoHash> Torrents, string? Cookie)
{
    /// <summary>Longest datagram written, and the longest that is read.</summary>
    public const int MaxBytes = 1_400;

    /// <summary>Torrents that fit into one datagram with the longest of the other headers.</summary>
    public const int MaxTorrents = 24;

    /// <summary>Longest cookie written and believed to be ours, in characters.</summary>
    public const int MaxCookieChars = 32;

    /// <summary>The UDP port of both groups.</summary>
    public const int GroupPort = 6771;

    /// <summary>The multicast group of IPv4.</summary>
    public const string GroupV4 = "239.192.152.143";

    /// <summary>The multicast group of IPv6.</summary>
    public const string GroupV6 = "ff15::efc0:988f";
}
