using BtFs.Engine.Layout;
using BtFs.Testing.Swarms;

namespace BtFs.Engine.Tests.Torrents;

/// <summary>Whatever part of the swarm lies, readers get the right bytes and only liars are sent away. Many seeded schedules.</summary>
public class CorruptSwarmTests
{
    [Fact]
    public void A_lone_peer_that_sends_a_corrupt_piece_is_banned()
    {
        var swarm = new SimulatedSwarm(seed: 1);
        var liar = swarm.Join(new PeerBehaviour { Corruption = 1 });

        var wish = swarm.Read(0);
        swarm.For(TimeSpan.FromSeconds(5));

        Assert.False(wish.Granted.IsCompleted);
        Assert.Contains("corrupt", liar.ClosedBecause);
    }

    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(3, 1.0)]
    [InlineData(9, 1.0)]
    [InlineData(3, 0.05)]
    public void Among_liars_the_bytes_are_right_every_liar_that_mattered_is_banned_and_no_honest_peer_is(int liars, double corruption)
    {
        for (var seed = 0; seed < 25; seed++)
        {
            var swarm = new SimulatedSwarm(seed, length: 2 << 20);
            var honest = swarm.Join(new PeerBehaviour());
            for (var i = 0; i < liars; i++)
            {
                swarm.Join(new PeerBehaviour { Corruption = corruption, Rate = 300_000 + (swarm.Random.NextDouble() * 600_000) });
            }

            foreach (var piece in swarm.Pieces.ToList())
            {
                var wish = swarm.Read(piece.Value);
                var took = swarm.Until(() => wish.Granted.IsCompletedSuccessfully, TimeSpan.FromMinutes(2));
                Assert.True(took is not null, $"Seed {seed}: piece {piece} never came.");
                Assert.True(swarm.IsRight(piece), $"Seed {seed}: piece {piece} is wrong.");
            }

            Assert.True(honest.ClosedBecause is null, $"Seed {seed}: the honest peer was sent away: {honest.ClosedBecause}");
            if (corruption == 1.0)
            {
                var unpunished = swarm.Peers.Where(peer => peer.Behaviour.Corruption > 0 && peer.Asked.Count > 0 && peer.ClosedBecause is null);
                Assert.True(!unpunished.Any(), $"Seed {seed}: a liar that was asked is still connected.");
            }

            swarm.Close();
        }
    }

    [Fact]
    public void Chokes_refusals_silence_and_departures_in_any_order_never_leave_a_reader_stuck()
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var swarm = new SimulatedSwarm(seed, length: 1 << 20);
            swarm.Join(new PeerBehaviour { Rate = 200_000 });
            for (var i = 0; i < 6; i++)
            {
                swarm.Join(new PeerBehaviour
                {
                    Fast = swarm.Random.Next(2) == 0,
                    Rate = 20_000 + (swarm.Random.NextDouble() * 2_000_000),
                    RoundTrip = TimeSpan.FromMilliseconds(1 + swarm.Random.Next(200)),
                    IsSilent = swarm.Random.Next(5) == 0,
                    RefusesAll = swarm.Random.Next(8) == 0,
                    Corruption = swarm.Random.Next(6) == 0 ? 0.2 : 0,
                });
            }

            swarm.After(TimeSpan.FromMilliseconds(swarm.Random.Next(500)), () => Disturb(swarm));
            var wishes = swarm.Pieces.Select(piece => swarm.Read(piece.Value)).ToList();
            var took = swarm.Until(() => wishes.TrueForAll(wish => wish.Granted.IsCompletedSuccessfully), TimeSpan.FromMinutes(3));

            Assert.True(took is not null, $"Seed {seed}: a reader is stuck.");
            Assert.All(swarm.Pieces, piece => Assert.True(swarm.IsRight(piece), $"Seed {seed}: piece {piece} is wrong."));
            swarm.Close();
        }
    }

    private static void Disturb(SimulatedSwarm swarm)
    {
        // The first peer stays, so that every piece can come.
        var peer = swarm.Peers[1 + swarm.Random.Next(swarm.Peers.Count - 1)];
        switch (swarm.Random.Next(4))
        {
            case 0 when !peer.Chokes && peer.ClosedBecause is null: peer.Choke(); break;
            case 1 when peer.Chokes: peer.Unchoke(); break;
            case 2 when swarm.Random.Next(4) == 0: peer.Close("left"); break;
            default: break;
        }

        swarm.After(TimeSpan.FromMilliseconds(swarm.Random.Next(300)), () => Disturb(swarm));
    }
}
