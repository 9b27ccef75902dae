using BtFs.Protocol.Metainfo;

namespace BtFs.Libraries;

/// <summary>A torrent of a library, as it lies in its <see cref="LibraryStore"/>.</summary>
/// <param name="InfoHash">Which one.</param>
/// <param name="Torrent">The .torrent; null where a link was added.</param>
/// <param name="Magnet">The link; null where a .torrent was added.</param>
/// <param name="Info">What the swarm has told of a link's torrent, if anything.</param>
/// <param name="Name">The name of its folder, once it had one.</param>
internal sealed record RememberedTorrent(InfoHash InfoHash, ReadOnlyMemory<byte>? Torrent, string? Magnet, ReadOnlyMemory<byte>? Info, string? Name);
