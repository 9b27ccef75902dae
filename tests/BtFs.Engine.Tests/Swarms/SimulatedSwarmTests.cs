using BtFs.Engine.Picking;
using BtFs.Engine.Torrents;
using BtFs.Testing.Swarms;
using BtFs.Testing.Swarms.Readers;
using BtFs.Testing.Swarms.Scenarios;

namespace BtFs.Engine.Tests.Swarms;

/// <summary>The rig itself: the link, the readers, and that a seed is a run.</summary>
public class SimulatedSwarmTests
{
    private static readonly SwarmShape Shape = new() { PieceLength = 1 << 20, FileLengths = [400L << 20], KeepsBytes = false };

    [Fact]
    public void The_shared_link_is_filled_and_never_exceeded()
    {
        var swarm = new SimulatedSwarm(Shape with { LinkRate = 1_000_000 });
        foreach (var peer in PeerMixes.Mixed(swarm.Random))
        {
            swarm.Join(peer);
        }

        swarm.Post(new TorrentEvent.WindowsMoved(swarm, [new ReadWindow(0, swarm.Layout.TotalLength, 1, IsHurried: true)]));
        swarm.For(TimeSpan.FromSeconds(3));
        var last = swarm.Link!.BytesPassed;
        for (var second = 0; second < 20; second++)
        {
            swarm.For(TimeSpan.FromSeconds(1));
            Assert.InRange(swarm.Link.BytesPassed - last, 950_000, 1_000_000 + TorrentBlock);
            last = swarm.Link.BytesPassed;
        }

        swarm.Close();
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(1.0)]
    public void A_deeper_queue_before_the_link_is_seen_as_a_longer_round_trip(double seconds)
    {
        var swarm = new SimulatedSwarm(Shape with { LinkRate = 1_000_000, LinkDepth = seconds });
        var first = swarm.Join(new PeerBehaviour { RoundTrip = TimeSpan.FromMilliseconds(20), Rate = 5_000_000, RequestLimit = 500 });
        swarm.Join(new PeerBehaviour { RoundTrip = TimeSpan.FromMilliseconds(20), Rate = 5_000_000, RequestLimit = 500 });
        swarm.Start(new Copier(), new Random(1));
        swarm.For(TimeSpan.FromSeconds(10));

        Assert.InRange(first.RoundTrip!.Value.TotalSeconds, 0.02, 0.06 + seconds);
        swarm.Close();
    }

    [Fact]
    public void The_same_seed_gives_the_same_run_and_another_seed_another()
    {
        var scenario = ScenarioTable.Named("het") with { Length = TimeSpan.FromSeconds(8) };

        var (first, again, other) = (scenario.Run(7), scenario.Run(7), scenario.Run(8));

        Assert.NotEmpty(first.Urgent);
        Assert.Equal(first.Urgent, again.Urgent);
        Assert.Equal((first.Blocks, first.UsefulBytes, first.Cancels), (again.Blocks, again.UsefulBytes, again.Cancels));
        Assert.NotEqual(first.Urgent, other.Urgent);
    }

    [Fact]
    public void A_run_that_compares_every_byte_is_the_run_that_does_not()
    {
        var scenario = ScenarioTable.Named("uni") with { Length = TimeSpan.FromSeconds(5) };

        var compared = (scenario with { Shape = scenario.Shape with { KeepsBytes = true } }).Run(1);

        Assert.Equal(scenario.Run(1).Urgent, compared.Urgent);
    }

    [Fact]
    public void A_loop_with_nothing_to_do_is_left_alone()
    {
        var swarm = new SimulatedSwarm(Shape);
        swarm.Join(new PeerBehaviour());
        swarm.For(TimeSpan.FromSeconds(1));
        var before = swarm.Turns;
        swarm.For(TimeSpan.FromSeconds(100));

        Assert.InRange(swarm.Turns - before, 90, 110);
        swarm.Close();
    }

    [Fact]
    public void A_copy_reads_all_and_a_player_keeps_its_rate()
    {
        var swarm = new SimulatedSwarm(Shape with { FileLengths = [8 << 20, 100 << 20] });
        swarm.Join(new PeerBehaviour { Rate = 5_000_000 });
        var copy = new Copier();
        var player = new Player { File = 1, Rate = 500_000, Seeks = 0, SeekEvery = TimeSpan.FromSeconds(20) };
        swarm.Start(copy, new Random(1));
        var playing = swarm.Start(player, new Random(2));

        var took = swarm.Until(() => playing.IsCompleted, TimeSpan.FromMinutes(2));

        Assert.Equal(8 << 20, copy.Bytes);
        Assert.InRange(took!.Value.TotalSeconds, 20, 24);
        Assert.InRange(player.Bytes, 9_900_000, 10_300_000);
        swarm.Close();
    }

    [Fact]
    public void Every_scenario_of_the_table_can_be_lived_through()
    {
        Assert.All(ScenarioTable.Scenarios, scenario =>
        {
            var run = (scenario with { Length = TimeSpan.FromSeconds(4) }).Run(1);
            Assert.True(run.UsefulBytes > 0, $"In {scenario.Name} nothing came.");
        });
    }

    private const int TorrentBlock = 16 * 1024;
}
