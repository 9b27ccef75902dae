using BtFs.Testing.Dht;

namespace BtFs.Engine.Tests.Dht;

/// <summary>Whole DHTs in virtual time. Larger ones: <c>dotnet run -c Release --project tests/BtFs.Benchmarks -- dht</c>.</summary>
public class LyingNodesTests
{
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void Among_500_nodes_of_which_half_lie_a_torrent_is_found()
    {
        var dht = new SimulatedDht(nodes: 500, liars: 0.5, seed: 1);
        dht.Run(Settling);

        var took = dht.FindTorrents(100, Patience);

        Assert.InRange(took.Count(time => time is not null), 95, 100);
        Assert.InRange(dht.MostInOneSecond, 1, 16_000);
    }

    [Fact]
    public void Among_honest_nodes_every_torrent_is_found_within_seconds()
    {
        var dht = new SimulatedDht(nodes: 200, liars: 0, seed: 2);
        dht.Run(Settling);

        var took = dht.FindTorrents(50, Patience);

        Assert.All(took, time => Assert.InRange(time ?? TimeSpan.MaxValue, TimeSpan.Zero, TimeSpan.FromSeconds(5)));
    }
}
