using BtFs.Engine;

namespace BtFs.Sources;

/// <summary>A source that was read: what it says, and what it was, to be read again another day.</summary>
/// <param name="Source">Which torrent, and where to ask for it.</param>
/// <param name="Torrent">The .torrent; null for a magnet link or an infohash.</param>
/// <param name="Magnet">The link, also for an infohash; null for a .torrent.</param>
internal sealed record SourceDocument(TorrentSource Source, ReadOnlyMemory<byte>? Torrent, string? Magnet);
