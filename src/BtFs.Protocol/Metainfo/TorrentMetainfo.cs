using System.Text;
using BtFs.Protocol.Bencode;

namespace BtFs.Protocol.Metainfo;

/// <summary>A whole .torrent: the info dictionary, and what its author adds about where to find it (BEP 3, 12, 19, 52).</summary>
/// <remarks>Only <see cref="Info"/> is what the infohash vouches for; the rest is hints, so what is wrong with them is left out rather than refused.</remarks>
public sealed class TorrentMetainfo
{
    // Seconds since 1970. Beyond are programs that wrote milliseconds, and jokers.
    private const long LatestCreation = 4_102_444_799;

    private TorrentMetainfo(BencodeValue torrent)
    {
        if (!torrent.TryGet("info"u8, out var info))
        {
            throw new MetainfoException("The file is not a torrent: it has no info dictionary.");
        }

        Info = InfoDictionary.Read(info);
        PieceLayers = Info.HasV2 ? PieceLayers.Read(torrent, Info) : PieceLayers.None;
        TrackerTiers = MetainfoLinks.ReadTrackers(torrent);
        WebSeeds = MetainfoLinks.ReadWebSeeds(torrent);
        HttpSeeds = MetainfoLinks.ReadHttpSeeds(torrent);
        Nodes = MetainfoLinks.ReadNodes(torrent);
        CreatedAt = torrent.TryGetInteger("creation date"u8, out var seconds) && seconds is > 0 and <= LatestCreation
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
        Comment = ReadText(torrent, "comment.utf-8"u8, "comment"u8);
        CreatedBy = ReadText(torrent, "created by.utf-8"u8, "created by"u8);
    }

    public InfoDictionary Info { get; }

    /// <summary>Tracker URLs by tier, each once (BEP 12); at most 8 tiers and 64 URLs, none of the tiers empty. The text is not checked.</summary>
    public IReadOnlyList<IReadOnlyList<string>> TrackerTiers { get; }

    /// <summary>URLs of web servers that have the files (BEP 19); at most 16. The text is not checked.</summary>
    public IReadOnlyList<string> WebSeeds { get; }

    /// <summary>URLs of scripts that give pieces (BEP 17); at most 16. The text is not checked.</summary>
    public IReadOnlyList<string> HttpSeeds { get; }

    /// <summary>DHT nodes to begin with (BEP 5); at most 32.</summary>
    public IReadOnlyList<PeerHint> Nodes { get; }

    /// <summary>When the author says it was made, 1970 to 2099; null where that is missing or absurd.</summary>
    public DateTimeOffset? CreatedAt { get; }

    public string? Comment { get; }

    /// <summary>The program that made it.</summary>
    public string? CreatedBy { get; }

    /// <summary>The piece hashes of v2 files, all of them; none for a v1 torrent.</summary>
    public PieceLayers PieceLayers { get; }

    /// <summary>Reads a .torrent and checks that it makes sense.</summary>
    /// <param name="torrentBytes">The whole file; kept, so it must not change.</param>
    /// <exception cref="MetainfoException">It does not; the message is for the user.</exception>
    public static TorrentMetainfo Parse(ReadOnlyMemory<byte> torrentBytes)
    {
        if (torrentBytes.Length > MetainfoLimits.MaxTorrentBytes)
        {
            throw new MetainfoException($"The torrent file has {torrentBytes.Length} bytes; the limit is {MetainfoLimits.MaxTorrentBytes}.");
        }

        try
        {
            return new TorrentMetainfo(BencodeDocument.Parse(torrentBytes, BencodeLimits.Torrent).Root);
        }
        catch (BencodeException e)
        {
            throw new MetainfoException($"The file is not a torrent: {e.Message}", e);
        }
    }

    private static string? ReadText(BencodeValue torrent, ReadOnlySpan<byte> preferred, ReadOnlySpan<byte> otherwise) =>
        torrent.TryGetBytes(preferred, out var text) || torrent.TryGetBytes(otherwise, out text) ? Encoding.UTF8.GetString(text.Span) : null;
}
