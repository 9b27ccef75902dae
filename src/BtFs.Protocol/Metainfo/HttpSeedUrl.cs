using System.Globalization;
using System.Text;
using BtFs.Protocol.Trackers;

namespace BtFs.Protocol.Metainfo;

/// <summary>How a seed of BEP 17, a script that knows the torrent's pieces, is asked for a part of one.</summary>
public static class HttpSeedUrl
{
    /// <summary>The URL of a part of a piece.</summary>
    /// <param name="root">The seed's URL as the torrent has it; http or https, absolute.</param>
    /// <param name="infoHash">The torrent.</param>
    /// <param name="piece">The piece.</param>
    /// <param name="offset">The part's first byte in the piece.</param>
    /// <param name="length">Bytes, at least 1.</param>
    public static Uri Of(Uri root, InfoHash infoHash, int piece, int offset, int length)
    {
        Span<byte> hash = stackalloc byte[InfoHash.Size];
        infoHash.CopyTo(hash);
        var url = new StringBuilder(root.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped))
            .Append(root.Query.Length == 0 ? '?' : '&')
            .Append("info_hash=").AppendEscaped(hash)
            .Append(CultureInfo.InvariantCulture, $"&piece={piece}&ranges={offset}-{offset + length - 1}");
        return new Uri(url.ToString());
    }
}
