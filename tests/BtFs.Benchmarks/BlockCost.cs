using System.Globalization;
using BtFs.Testing.Swarms.Scenarios;

namespace BtFs.Benchmarks;

/// <summary>Prints what a block costs in torrents and swarms of several sizes: no column may grow with the pieces.</summary>
internal static class BlockCost
{
    internal static int Run()
    {
        (int Pieces, int Peers)[] sizes = [(1_000, 20), (250_000, 20), (1_600_000, 20), (1_000, 100), (1_000, 500), (250_000, 500)];
        Once(1_000, 20);
        Once(1_000, 20);
        Console.WriteLine("  pieces  peers |  us/block  bytes/block | managed MB, peers with bitfields");
        foreach (var (pieces, peers) in sizes)
        {
            var cost = Once(pieces, peers);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{pieces,8} {peers,6} | {cost.MicrosecondsPerBlock,8:0.0} {cost.BytesPerBlock,11:0}   | {Memory(pieces, peers) / 1e6,8:0.0}"));
        }

        return 0;
    }

    private static SteadyDownload Once(int pieces, int peers)
    {
        var download = new SteadyDownload(pieces, peers, areSeeds: true);
        download.Measure();
        download.Swarm.Close();
        return download;
    }

    private static long Memory(int pieces, int peers)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var swarm = new SteadyDownload(pieces, peers, areSeeds: false).Swarm;
        swarm.For(TimeSpan.FromSeconds(1));
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        swarm.Close();
        return grown;
    }
}
