namespace BtFs.Testing.Swarms;

/// <summary>What went over the wires of a swarm.</summary>
internal sealed class SwarmCounts
{
    /// <summary>Requests sent.</summary>
    internal long Requests { get; set; }

    /// <summary>CANCELs sent.</summary>
    internal long Cancels { get; set; }

    /// <summary>Requests refused.</summary>
    internal long Rejects { get; set; }

    /// <summary>Blocks that came.</summary>
    internal long Blocks { get; set; }

    /// <summary>Blocks that came and were of no use: here already, or of a piece that was let go.</summary>
    internal long UselessBlocks { get; set; }

    /// <summary>Bytes of blocks that were of use.</summary>
    internal long UsefulBytes { get; set; }

    /// <summary>Bytes of blocks that were of no use.</summary>
    internal long UselessBytes { get; set; }

    /// <summary>Useless blocks among all, 0 to 1.</summary>
    internal double UselessShare => Blocks == 0 ? 0 : (double)UselessBlocks / Blocks;
}
