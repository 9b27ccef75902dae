namespace BtFs.Engine.Discovery;

/// <summary>A .torrent could not be fetched.</summary>
/// <param name="message">The URL without its query, and why; for people.</param>
/// <param name="inner">What the network said.</param>
public sealed class TorrentDownloadException(string message, Exception? inner = null) : Exception(message, inner);
