using System.Collections;
using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Picking;
using BtFs.Engine.Tests.Peers;
using BtFs.Engine.Torrents;
using BtFs.Testing.Swarms;

namespace BtFs.Engine.Tests.Torrents;

public class LargeSwarmTests
{
    private const int PieceLength = 16 * 1024;

    [Fact]
    public void Among_five_hundred_peers_and_a_quarter_of_a_million_pieces_every_read_is_served_right()
    {
        var swarm = new SimulatedSwarm(seed: 1, PieceLength, length: 250_000L * PieceLength, maxPeers: 500);
        for (var i = 0; i < 500; i++)
        {
            swarm.Join(new PeerBehaviour
            {
                Rate = 20_000 + (swarm.Random.NextDouble() * 1_000_000),
                RoundTrip = TimeSpan.FromMilliseconds(5 + swarm.Random.Next(300)),
                Fast = i % 3 != 0,
                IsSilent = i % 50 == 49,
                Pieces = i % 2 == 0 ? null : [.. Enumerable.Range(0, 200).Select(_ => swarm.Random.Next(250_000))],
            });
        }

        swarm.For(TimeSpan.FromMilliseconds(100));
        Assert.Equal(500, swarm.Loop.Peers.Count);
        var wishes = Enumerable.Range(0, 300).Select(_ => swarm.Random.Next(250_000 - 4)).Select(first => swarm.Read(first, first + 3)).ToList();

        Assert.NotNull(swarm.Until(() => wishes.TrueForAll(wish => wish.Granted.IsCompletedSuccessfully), TimeSpan.FromSeconds(60)));
        Assert.All(wishes, wish => Assert.True(swarm.IsRight(wish.First) && swarm.IsRight(wish.Last)));
        swarm.Close();
    }

    [Fact]
    public void A_block_is_dealt_with_without_a_look_at_all_peers_or_all_pieces()
    {
        var few = LooksForOneBlock(peers: 50, pieces: 1_000);
        var manyPieces = LooksForOneBlock(peers: 50, pieces: 250_000);
        var manyPeers = LooksForOneBlock(peers: 500, pieces: 250_000);

        Assert.Equal(few, manyPieces);
        Assert.Equal(few, manyPeers);
        Assert.InRange(manyPeers, 0, 1);
    }

    [Fact]
    public void A_read_has_asked_for_its_piece_after_one_look_at_each_of_two_hundred_peers_before_anything_else_is_thought_about()
    {
        const int Peers = 200;
        var swarm = new SimulatedSwarm(seed: 2, PieceLength * 16, length: 1_000 * 16L * PieceLength);
        var seen = new CountedPeers([.. Seeds(Peers, pieces: 1_000)]);
        var demand = new DemandBook(swarm.Layout);
        var downloads = new Downloads(swarm.Parts, demand, new ConnectedPeers(seen, seen.Turn), swarm.Context);
        downloads.Plan(TimeSpan.Zero, isTick: false);
        var (looks, asked) = (0L, 0);
        foreach (var peer in seen.All)
        {
            peer.Wire().Flushed = () =>
            {
                (looks, asked) = looks > 0 ? (looks, asked) : (seen.Looks, seen.All.Sum(other => other.Wire().Asked.Count));
            };
        }

        seen.Looks = 0;
        demand.Add(new Wish(new PieceIndex(100), new PieceIndex(100)), swarm.Parts.Pieces.Has, TimeSpan.Zero);
        downloads.Plan(TimeSpan.FromMilliseconds(1), isTick: false);

        Assert.Equal(16, asked);
        Assert.InRange(looks, Peers, Peers + 10);
        Assert.True(seen.Looks > looks);
        downloads.Close();
    }

    /// <summary>Looks at peers for one block of a read of eight pieces: the block comes, and whatever is to be asked next is asked.</summary>
    private static double LooksForOneBlock(int peers, int pieces)
    {
        var swarm = new SimulatedSwarm(seed: 2, PieceLength * 16, length: pieces * 16L * PieceLength);
        var seen = new CountedPeers([.. Seeds(peers, pieces)]);
        var demand = new DemandBook(swarm.Layout);
        var downloads = new Downloads(swarm.Parts, demand, new ConnectedPeers(seen, seen.Turn), swarm.Context);
        demand.Add(new Wish(new PieceIndex(100), new PieceIndex(107)), swarm.Parts.Pieces.Has, TimeSpan.Zero);
        downloads.Plan(TimeSpan.Zero, isTick: false);

        seen.Looks = 0;
        var blocks = 0;
        foreach (var peer in seen.All)
        {
            if (peer.Wire().Asked.Count > 0)
            {
                blocks++;
                downloads.OnReject(peer, peer.Wire().Asked[0]);
                downloads.Plan(TimeSpan.FromMilliseconds(1), isTick: false);
            }
        }

        Assert.InRange(blocks, 10, 500);
        downloads.Close();
        return (double)seen.Looks / blocks;
    }

    private static IEnumerable<Peer> Seeds(int count, int pieces)
    {
        var turn = new PeerTurn();
        return Enumerable.Range(1, count).Select(i => SomePeer.Seed(i, pieces, turn: turn));
    }

    private sealed class CountedPeers(Peer[] peers) : IReadOnlyList<Peer>
    {
        internal long Looks { get; set; }

        internal Peer[] All => peers;

        internal PeerTurn Turn => peers[0].Turn;

        public int Count => peers.Length;

        public Peer this[int index]
        {
            get
            {
                Looks++;
                return peers[index];
            }
        }

        public IEnumerator<Peer> GetEnumerator()
        {
            foreach (var peer in peers)
            {
                Looks++;
                yield return peer;
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
