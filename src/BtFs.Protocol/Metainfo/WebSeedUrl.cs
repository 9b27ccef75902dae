using System.Text;
using BtFs.Protocol.Trackers;

namespace BtFs.Protocol.Metainfo;

/// <summary>Where a web seed has a file (BEP 19).</summary>
public static class WebSeedUrl
{
    /// <summary>The URL of one file.</summary>
    /// <param name="root">The web seed's URL as the torrent has it; http or https, absolute.</param>
    /// <param name="info">The torrent.</param>
    /// <param name="file">The number of a file in the torrent's own list.</param>
    /// <returns>Null where a name in the file's path cannot be part of a URL: it would lead out of the folder.</returns>
    /// <remarks>
    /// A torrent of several files is a folder below the URL. A lone file is the URL itself, unless that ends with a slash: then its name is
    /// appended. Names are bytes, and all but unreserved characters (RFC 3986) are escaped, a slash in a name too.
    /// </remarks>
    public static Uri? Of(Uri root, InfoDictionary info, int file)
    {
        // Without the fragment, which would swallow what is appended.
        var start = root.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped);
        if (info.IsSingleFile && !start.EndsWith('/'))
        {
            return new Uri(start);
        }

        var url = new StringBuilder(start);
        if (!start.EndsWith('/'))
        {
            url.Append('/');
        }

        if (!TryAppend(url, info.Name.Span))
        {
            return null;
        }

        foreach (var name in info.IsSingleFile ? [] : info.Files[file].Path)
        {
            url.Append('/');
            if (!TryAppend(url, name.Span))
            {
                return null;
            }
        }

        return Uri.TryCreate(url.ToString(), UriKind.Absolute, out var whole) ? whole : null;
    }

    private static bool TryAppend(StringBuilder url, ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name.SequenceEqual("."u8) || name.SequenceEqual(".."u8))
        {
            return false;
        }

        url.AppendEscaped(name);
        return true;
    }
}
