using BtFs.Engine.Layout;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.WebSeeds;

/// <summary>A block that a web seed was asked for, and where it goes.</summary>
internal sealed class WantedBlock(BlockRef block, long start, bool isUrgent)
{
    internal BlockRef Block { get; } = block;

    /// <summary>Its first byte in the torrent.</summary>
    internal long Start { get; } = start;

    internal bool IsUrgent { get; } = isUrgent;

    internal required PieceAssembly Target { get; set; }

    /// <summary>The request that brings it; null while it waits for one.</summary>
    internal RangeRun? Run { get; set; }

    /// <summary>Its place in the line of those that wait.</summary>
    internal LinkedListNode<WantedBlock>? Place { get; set; }
}
