using BtFs.Engine.Layout;
using BtFs.Protocol.Peer;

namespace BtFs.Testing.Swarms;

/// <summary>What a peer sends: a block, or any other message.</summary>
internal readonly record struct OutputItem(PeerMessage? Message, BlockRef Block)
{
    /// <summary>Bytes that take time to send. Messages are too short to count.</summary>
    internal int Length => Message is null ? Block.Length : 0;
}
