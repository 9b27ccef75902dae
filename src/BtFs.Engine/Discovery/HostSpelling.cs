namespace BtFs.Engine.Discovery;

/// <summary>How the name of a host is written.</summary>
internal static class HostSpelling
{
    private const string EncodedLabel = "xn--";

    /// <summary>Whether a name has other letters than those of ASCII, as they are or encoded (RFC 5890): it may look like another one.</summary>
    /// <remarks>libtorrent, too, does not go where a torrent or a server names such a host (<c>allow_idna</c>).</remarks>
    public static bool MayLookLikeAnother(Uri url) =>
        url.IdnHost.Split('.').Any(label => label.StartsWith(EncodedLabel, StringComparison.OrdinalIgnoreCase) || !label.All(char.IsAscii));
}
