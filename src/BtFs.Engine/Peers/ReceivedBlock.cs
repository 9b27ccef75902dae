using BtFs.Engine.Layout;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Peers;

/// <summary>A block that was asked for and has come.</summary>
/// <param name="Block">Which.</param>
/// <param name="Target">The piece it belongs to.</param>
/// <param name="Taken">Whether its bytes were new.</param>
internal readonly record struct ReceivedBlock(BlockRef Block, PieceAssembly Target, bool Taken);
