using BtFs.Engine;
using BtFs.Engine.Discovery;

namespace BtFs.Sources;

/// <summary>Fetches a .torrent from the web.</summary>
internal static class TorrentUrl
{
    /// <summary>The bytes behind a URL.</summary>
    /// <exception cref="CommandException">That is no URL.</exception>
    /// <exception cref="TorrentDownloadException">They cannot be had.</exception>
    public static Task<ReadOnlyMemory<byte>> DownloadAsync(string text, NetworkOptions network, TimeProvider time, CancellationToken cancel) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
            ? TorrentDownload.GetAsync(url, network, time, cancel)
            : throw new CommandException(ExitCode.Source, text, "not a web address");
}
