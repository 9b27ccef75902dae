using BtFs.Engine.Tests.Torrents;
using BtFs.Testing.Swarms;
using BtFs.Testing.Swarms.Readers;
using BtFs.Testing.Swarms.Scenarios;

namespace BtFs.Engine.Tests.Swarms;

/// <summary>An hour in a public swarm.</summary>
[Collection(AloneCollection.Name)]
public class SoakTests
{
    private const int Peers = 500;
    private const int PieceLength = 1 << 20;

    [Fact]
    public void An_hour_among_five_hundred_peers_that_come_and_go_leaves_the_memory_as_it_was_and_the_film_running()
    {
        var random = new Random(11);
        var swarm = new SimulatedSwarm(new SwarmShape
        {
            Seed = 11, PieceLength = PieceLength, FileLengths = [4L << 30, 4L << 30], MaxPeers = Peers, KeepsBytes = false, ReadTimeout = Timeout.InfiniteTimeSpan,
        });
        var churn = new Churn(swarm, meanStay: TimeSpan.FromMinutes(3), meanGap: TimeSpan.FromSeconds(5), random);
        for (var i = 0; i < Peers; i++)
        {
            churn.Join(Any(random));
        }

        var player = new Player { SeekEvery = TimeSpan.FromMinutes(5) };
        var sampler = new RandomReader { File = 1, Pause = TimeSpan.FromSeconds(5) };
        swarm.Start(player, new Random(1));
        swarm.Start(sampler, new Random(2));

        var weights = new List<long>();
        for (var minute = 1; minute <= 60; minute++)
        {
            swarm.For(TimeSpan.FromMinutes(1));
            foreach (var piece in swarm.Pieces.Where(_ => random.Next(4) == 0))
            {
                swarm.Store.Evict(piece);
            }

            if (minute % 10 == 0)
            {
                weights.Add(Weigh(swarm));
            }
        }

        Assert.True(churn.Left > 5000, $"Only {churn.Left} peers left.");
        Assert.True(player.Bytes > 0.98 * 3600 * player.Rate, $"Only {player.Bytes >> 20} MiB of film were seen.");
        Assert.True(sampler.Times.Seconds.Count > 300, $"Only {sampler.Times.Seconds.Count} samples were taken.");
        Assert.True(weights[^1] < (1.1 * weights[1]) + (1 << 20), $"It grew: {string.Join(", ", weights.Select(weight => weight >> 10))} KiB.");
        swarm.Close();
    }

    /// <summary>Managed bytes of all that still lives, the loop's and the swarm's around it.</summary>
    private static long Weigh(SimulatedSwarm swarm)
    {
        swarm.ForgetThePast();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static PeerBehaviour Any(Random random) => PeerMixes.Far(random, 20_000 + (random.NextDouble() * 500_000)) with
    {
        Fast = random.Next(3) > 0,
        StallShare = random.Next(3) == 0 ? 0.003 : 0,
        IsSilent = random.Next(25) == 0,
        RefusesAll = random.Next(50) == 0,
        Choking = random.Next(3) == 0 ? new ChokingRounds { Round = TimeSpan.FromSeconds(10) } : null,
        Pieces = random.Next(2) == 0 ? [.. Enumerable.Range(0, 200).Select(_ => random.Next(8192))] : null,
    };
}
