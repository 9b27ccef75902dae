using BtFs.Testing.Swarms.Scenarios;

namespace BtFs.Engine.Tests.Swarms;

/// <summary>What very large torrents and swarms cost in memory. Alone, since memory is counted for the whole process.</summary>
[Collection(nameof(Alone))]
public class LargeTorrentCostTests
{
    private const int ManyPieces = 250_000;
    private const int ManyPeers = 500;

    [Fact]
    public void A_quarter_of_a_million_pieces_and_five_hundred_peers_fit_into_80_MB_of_managed_memory()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var swarm = new SteadyDownload(ManyPieces, ManyPeers, areSeeds: false).Swarm;
        swarm.For(TimeSpan.FromSeconds(1));
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;

        Assert.Equal(ManyPeers, swarm.Loop.Peers.Count);
        Assert.InRange(grown, 0, 80_000_000);
        swarm.Close();
    }

    [Fact]
    public void What_a_block_allocates_grows_with_neither_the_pieces_nor_the_peers()
    {
        BytesForEachBlock(1_000, 20);
        var few = BytesForEachBlock(1_000, 20);
        var manyPieces = BytesForEachBlock(ManyPieces, 20);
        var manyPeers = BytesForEachBlock(1_000, ManyPeers);

        Assert.InRange(manyPieces, 0, (1.5 * few) + 50);
        Assert.InRange(manyPeers, 0, (1.5 * few) + 50);
    }

    private static double BytesForEachBlock(int pieces, int peers)
    {
        var download = new SteadyDownload(pieces, peers, areSeeds: true);
        download.Measure();
        download.Swarm.Close();
        Assert.InRange(download.Blocks, 1_000, 10_000);
        return download.BytesPerBlock;
    }
}
