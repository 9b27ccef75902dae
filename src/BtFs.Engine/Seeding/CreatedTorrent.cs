using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Seeding;

/// <summary>A torrent made from files that lie on this machine.</summary>
/// <param name="Bytes">The .torrent.</param>
/// <param name="Metainfo">The same, read.</param>
/// <param name="Paths">Where each of its files is, by the torrent's own numbering.</param>
/// <param name="LeftOut">What was not taken in; for the user to know.</param>
public sealed record CreatedTorrent(
    ReadOnlyMemory<byte> Bytes,
    TorrentMetainfo Metainfo,
    IReadOnlyList<string> Paths,
    IReadOnlyList<LeftOut> LeftOut);
