using BtFs.Engine.Layout;
using BtFs.Testing.Swarms;
using BtFs.Testing.Swarms.Readers;
using BtFs.Testing.Swarms.Scenarios;

namespace BtFs.Engine.Tests.Swarms;

/// <summary>Whatever peers do, in hundreds of seeded swarms: every read ends, and with the right bytes.</summary>
public class ManySchedulesTests
{
    private const int PieceLength = 64 * 1024;

    private static readonly SwarmShape Shape = new() { PieceLength = PieceLength, FileLengths = [(1 << 20) + 5000, 1 << 20] };

    [Fact]
    public void Among_peers_of_every_kind_that_come_and_go_a_copy_and_a_random_reader_get_what_they_read()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var swarm = new SimulatedSwarm(Shape with { Seed = seed, LinkRate = random.Next(3) == 0 ? 300_000 : null, LinkDepth = random.NextDouble() });
            swarm.Join(new PeerBehaviour { Rate = 200_000 });
            var churn = new Churn(swarm, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), random);
            for (var i = 0; i < 6; i++)
            {
                churn.Join(Any(random));
            }

            var copying = swarm.Start(new Copier(), new Random(seed));
            swarm.Start(new RandomReader { File = 1, Pause = TimeSpan.FromMilliseconds(50), StartAfter = TimeSpan.Zero }, new Random(seed));
            var took = swarm.Until(() => copying.IsCompleted, TimeSpan.FromMinutes(3));

            Assert.True(took is not null, $"Seed {seed}: the copy never ended.");
            swarm.Close();
        }
    }

    [Fact]
    public void Of_ten_peers_one_that_spoils_a_block_in_fifty_is_banned_and_no_other()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var swarm = new SimulatedSwarm(Shape with { Seed = seed, PieceLength = 256 << 10, FileLengths = [16 << 20] });
            foreach (var behaviour in PeerMixes.WithLiars(PeerMixes.Uniform(new Random(seed)), 0.1))
            {
                swarm.Join(behaviour);
            }

            var copying = swarm.Start(new Copier(), new Random(seed));
            Assert.NotNull(swarm.Until(() => copying.IsCompleted, TimeSpan.FromMinutes(3)));

            Assert.All(swarm.Peers, peer => Assert.True(
                peer.Behaviour.Corruption > 0 || peer.ClosedBecause is null, $"Seed {seed}: an honest peer was sent away: {peer.ClosedBecause}"));
            var liar = swarm.Peers.Single(peer => peer.Behaviour.Corruption > 0);
            Assert.True(liar.SpoiltBlocks == 0 || liar.ClosedBecause is not null, $"Seed {seed}: the liar is still here.");
            swarm.Close();
        }
    }

    [Fact]
    public void With_leechers_that_choke_by_rounds_every_read_ends()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var swarm = new SimulatedSwarm(Shape with { Seed = seed });
            for (var i = 0; i < 8; i++)
            {
                swarm.Join(new PeerBehaviour { Fast = i % 2 == 0, Choking = new ChokingRounds { Round = TimeSpan.FromSeconds(5 * (1 + (i % 3))) } });
            }

            foreach (var piece in swarm.Pieces)
            {
                var wish = swarm.Read(piece.Value);
                Assert.NotNull(swarm.Until(() => wish.Granted.IsCompletedSuccessfully, TimeSpan.FromMinutes(2)));
                Assert.True(swarm.IsRight(new PieceIndex(piece.Value)));
            }

            swarm.Close();
        }
    }

    private static PeerBehaviour Any(Random random)
    {
        var peer = new PeerBehaviour
        {
            Rate = 20_000 + (random.NextDouble() * 2_000_000),
            RoundTrip = TimeSpan.FromMilliseconds(1 + random.Next(300)),
            Fast = random.Next(3) > 0,
            RequestLimit = random.Next(3) switch { 0 => null, 1 => 1 + random.Next(10), _ => 250 },
            Order = random.Next(3) == 0 ? ServiceOrder.Random : ServiceOrder.Fifo,
            Output = random.Next(4) == 0 ? OutputBuffer.Endless : OutputBuffer.Libtorrent,
            StallShare = random.Next(3) == 0 ? 0.05 : 0,
            StallEvery = random.Next(4) == 0 ? TimeSpan.FromSeconds(2) : null,
            StallFor = TimeSpan.FromSeconds(random.NextDouble() * 4),
            IsSilent = random.Next(8) == 0,
            RefusesAll = random.Next(10) == 0,
            Corruption = random.Next(8) == 0 ? 0.1 : 0,
            Choking = random.Next(4) == 0 ? new ChokingRounds { Round = TimeSpan.FromSeconds(1 + random.Next(10)) } : null,
            Pieces = random.Next(4) == 0 ? [.. Enumerable.Range(0, 32).Where(_ => random.Next(2) == 0)] : null,
        };
        return random.Next(5) == 0 ? PeerMixes.AsTransmission(peer) with { Fast = true } : peer;
    }
}
