using BtFs.Engine.Layout;
using BtFs.Engine.Storage;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Metainfo;

namespace BtFs.Engine.Torrents;

/// <summary>What a torrent needs to move content, and can only have once its info dictionary is known.</summary>
internal sealed record TransferParts(
    InfoDictionary Info,
    TorrentLayout Layout,
    PieceMap Pieces,
    IRangeStore Store,
    IPieceVerifier Verifier,
    SharedBufferPool Buffers)
{
    /// <summary>The files that are wanted; empty for all.</summary>
    internal IReadOnlyList<FileRange> Selected { get; init; } = [];
}
