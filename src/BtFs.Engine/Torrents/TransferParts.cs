using BtFs.Engine.Layout;
using BtFs.Engine.Picking;
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
    /// <summary>How many connected peers have each piece.</summary>
    internal PieceCopies Copies { get; } = new(Layout.PieceCount);

    /// <summary>The files that are wanted; empty for all.</summary>
    internal IReadOnlyList<FileRange> Selected { get; init; } = [];
}
