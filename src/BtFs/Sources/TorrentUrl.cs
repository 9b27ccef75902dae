namespace BtFs.Sources;

/// <summary>Fetches a .torrent from the web.</summary>
internal static class TorrentUrl
{
    /// <summary>The bytes behind a URL.</summary>
    /// <exception cref="CommandException">They cannot be had.</exception>
    public static Task<byte[]> DownloadAsync(string url, CancellationToken cancel) =>
        throw new CommandException(ExitCode.Source, url, "btfs cannot fetch it", "Download the .torrent and name the file.");
}
