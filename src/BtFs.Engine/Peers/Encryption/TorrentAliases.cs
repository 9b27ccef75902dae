using System.Collections.Concurrent;
using BtFs.Protocol.Encryption;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Peers.Encryption;

/// <summary>Our torrents by the names that encrypted callers give them. Each call is one look, however many torrents there are. Thread-safe.</summary>
internal sealed class TorrentAliases
{
    private readonly ConcurrentDictionary<TorrentAlias, InfoHash> _torrents = new();

    internal void Add(InfoHash torrent) => _torrents[TorrentAlias.Of(torrent)] = torrent;

    internal void Remove(InfoHash torrent) => _torrents.TryRemove(TorrentAlias.Of(torrent), out _);

    /// <summary>The torrent that a caller means; null when we do not have it.</summary>
    internal InfoHash? Find(TorrentAlias alias) => _torrents.TryGetValue(alias, out var torrent) ? torrent : null;
}
