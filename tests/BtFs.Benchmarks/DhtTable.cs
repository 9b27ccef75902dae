using System.Globalization;
using BtFs.Testing.Dht;

namespace BtFs.Benchmarks;

/// <summary>Simulated DHTs of thousands of nodes, half of them liars: which torrents are found, and how soon.</summary>
internal static class DhtTable
{
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs <c>dht [NODES] [SHARE OF LIARS] [SEEDS] [TORRENTS]</c>.</summary>
    public static int Run(string[] args)
    {
        var nodes = int.Parse(args.ElementAtOrDefault(0) ?? "2000", CultureInfo.InvariantCulture);
        var liars = double.Parse(args.ElementAtOrDefault(1) ?? "0.5", CultureInfo.InvariantCulture);
        var seeds = int.Parse(args.ElementAtOrDefault(2) ?? "3", CultureInfo.InvariantCulture);
        var torrents = int.Parse(args.ElementAtOrDefault(3) ?? "200", CultureInfo.InvariantCulture);
        for (var seed = 1; seed <= seeds; seed++)
        {
            var started = TimeProvider.System.GetTimestamp();
            var dht = new SimulatedDht(nodes, liars, seed);
            dht.Run(Settling);
            var before = dht.Packets;
            var took = dht.FindTorrents(torrents, Patience);
            var found = took.OfType<TimeSpan>().Order().ToList();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"seed {seed}: {nodes} nodes, {dht.Liars.Count} liars: {found.Count} of {torrents} found, {At(found, 0.5):0.0} s at the median, {At(found, 0.95):0.0} s at 95 %; "
                + $"{dht.NodesKnown:0} nodes known, {before} packets to settle, {dht.Packets - before} since, "
                + $"most of one node in a second {dht.MostInOneSecond} B, {dht.LostAnnounces} announces lost to misplaced liars; {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0} s of ours"));
        }

        return 0;
    }

    private static double At(List<TimeSpan> sorted, double share) => sorted.Count == 0 ? double.NaN : sorted[(int)((sorted.Count - 1) * share)].TotalSeconds;
}
