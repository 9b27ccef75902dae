using BtFs.Engine.Layout;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Storage;

/// <summary>The torrent that a store holds bytes of.</summary>
/// <param name="InfoHash">Its name.</param>
/// <param name="Layout">Its arithmetic.</param>
/// <param name="HashOf">The 20 bytes of SHA-1 that it promises for a piece. Called on any thread.</param>
internal sealed record StoredTorrent(InfoHash InfoHash, TorrentLayout Layout, Func<PieceIndex, ReadOnlySpan<byte>> HashOf);
