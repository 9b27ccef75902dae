using BtFs.Engine.Picking;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Peer;
using BtFs.Testing.Swarms;

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
        var swarm = Swarm(ManyPieces, ManyPeers, areSeeds: false);
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

    /// <summary>Managed bytes for each block of a steady download, the rig's own among them.</summary>
    private static double BytesForEachBlock(int pieces, int peers)
    {
        var swarm = Swarm(pieces, peers, areSeeds: true);
        swarm.Post(new TorrentEvent.WindowsMoved(swarm, [new ReadWindow(0, Math.Min(swarm.Layout.TotalLength, 500L << 18), 1)]));
        swarm.For(TimeSpan.FromSeconds(3));
        var (blocks, allocated) = (swarm.Counts.Blocks, GC.GetAllocatedBytesForCurrentThread());
        swarm.For(TimeSpan.FromSeconds(6));
        var each = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)(swarm.Counts.Blocks - blocks);
        Assert.InRange(swarm.Counts.Blocks - blocks, 1_000, 10_000);
        swarm.Close();
        return each;
    }

    private static SimulatedSwarm Swarm(int pieces, int peers, bool areSeeds)
    {
        var swarm = new SimulatedSwarm(new SwarmShape
        {
            PieceLength = 256 << 10, FileLengths = [(long)pieces << 18], MaxPeers = peers, KeepsBytes = false,
        });
        var bits = new byte[(pieces + 7) / 8];
        swarm.Random.NextBytes(bits);
        for (var i = 0; i < peers; i++)
        {
            // The same for all: 10 MB/s together.
            var peer = swarm.Connect(new PeerBehaviour { Rate = 10_000_000.0 / peers });
            peer.Say(areSeeds ? new PeerMessage.HaveAll() : new PeerMessage.Bitfield(bits));
            peer.Say(new PeerMessage.Unchoke());
        }

        return swarm;
    }
}
