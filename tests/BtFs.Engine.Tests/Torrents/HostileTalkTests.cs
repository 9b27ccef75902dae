using System.Net;
using System.Text;
using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Tests.Peers;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Extensions;
using BtFs.Protocol.Peer;
using BtFs.Testing.Swarms;

namespace BtFs.Engine.Tests.Torrents;

/// <summary>Whole conversations with peers that say whatever they like, in virtual time, beside one that is honest.</summary>
public sealed class HostileTalkTests
{
    private const int Conversations = 400;
    private const int Block = TorrentLayout.BlockLength;

    [Fact]
    public void Whatever_peers_say_the_loop_lives_the_reader_is_served_and_nothing_is_held_at_the_end()
    {
        for (var seed = 0; seed < Conversations; seed++)
        {
            var swarm = new SimulatedSwarm(seed, pieceLength: 64 * 1024, length: 512 * 1024, isMagnet: seed % 4 == 0, maxPeers: 10);
            var random = new Random(seed);
            var hostile = Enumerable.Range(0, 3).Select(i => new UnrulyPeer(swarm, i, fast: (seed + i) % 2 == 0)).ToList();
            for (var i = 0; i < 150; i++)
            {
                var peer = hostile[random.Next(hostile.Count)];
                swarm.At(TimeSpan.FromMilliseconds(random.Next(3_000)), () => peer.Say(Anything(random)));
            }

            swarm.For(TimeSpan.FromSeconds(1));
            if (seed % 4 == 0)
            {
                // A magnet, which those could not resolve.
                swarm.Post(new TorrentEvent.TransferOpened(swarm.Parts));
            }

            swarm.Join(new PeerBehaviour());
            var wishes = swarm.Pieces.Select(piece => swarm.Read(piece.Value)).ToList();
            Assert.True(swarm.Until(() => wishes.TrueForAll(wish => wish.Granted.IsCompletedSuccessfully), TimeSpan.FromMinutes(2)) is not null, $"Seed {seed}: a reader waits.");
            Assert.All(swarm.Pieces, piece => Assert.True(swarm.IsRight(piece), $"Seed {seed}: {piece} is wrong."));
            swarm.Close();
        }
    }

    [Theory]
    [InlineData("d1:md11:ut_metadatai-1e6:ut_pexi256e5:otheri9223372036854775807eee")]
    [InlineData("d1:pi0e4:reqqi0ee")]
    [InlineData("d1:pi65536e4:reqqi2147483648ee")]
    [InlineData("d1:pi-1e4:reqqi-9223372036854775808ee")]
    [InlineData("d13:metadata_sizei-1ee")]
    [InlineData("d13:metadata_sizei9223372036854775807ee")]
    [InlineData("d1:mle1:vi1e1:pl1:ae6:yourip3:abce")]
    [InlineData("de")]
    public void A_peer_whose_extension_handshake_is_odd_is_used_like_any_other(string handshake)
    {
        var swarm = new SimulatedSwarm(seed: 1);
        var peer = swarm.Connect(new PeerBehaviour());
        peer.Say(new PeerMessage.Extended(0, Encoding.Latin1.GetBytes(handshake)));
        peer.Say(new PeerMessage.HaveAll());
        peer.Say(new PeerMessage.Unchoke());
        var wish = swarm.Read(0);

        Assert.NotNull(swarm.Until(() => wish.Granted.IsCompletedSuccessfully, TimeSpan.FromSeconds(30)));
        Assert.Null(peer.ClosedBecause);
        swarm.Close();
    }

    [Fact]
    public void An_extension_handshake_is_heard_a_thousand_times_and_the_last_counts()
    {
        var swarm = new SimulatedSwarm(seed: 2);
        var peer = swarm.Connect(new PeerBehaviour { RequestLimit = 7 });
        for (var i = 0; i < 1_000; i++)
        {
            peer.Say(new ExtensionHandshake { Ids = new Dictionary<string, byte> { [$"x{i}"] = 1 }, RequestQueue = i == 999 ? 7 : 1 + i }.ToMessage());
        }

        peer.Say(new PeerMessage.HaveAll());
        peer.Say(new PeerMessage.Unchoke());
        var wish = swarm.Read(0);

        // The simulated peer breaks the test when it is asked for more than seven blocks at a time.
        Assert.NotNull(swarm.Until(() => wish.Granted.IsCompletedSuccessfully, TimeSpan.FromSeconds(30)));
        swarm.Close();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(500, 500)]
    [InlineData(501, 500)]
    [InlineData(2_000, 500)]
    public void Whatever_queue_a_peer_offers_it_is_asked_for_five_hundred_blocks_at_most(int offered, int used)
    {
        var swarm = new SimulatedSwarm(seed: 3);
        var others = new Swarm(swarm.Context);
        var peer = SomePeer.Stranger(1);
        var hello = new ExtensionHandshake { Ids = new Dictionary<string, byte>(), RequestQueue = offered }.ToMessage();
        new PeerTalk(swarm.Context, others).Hear(peer, hello, new Resolving(default, others, swarm.Context.Links), TimeSpan.Zero);

        Assert.Equal(used, peer.RequestLimit);
        swarm.Close();
    }

    [Theory]
    [InlineData(Downloads.MaxRefusals - 1, true)]
    [InlineData(Downloads.MaxRefusals, false)]
    public void A_peer_may_refuse_forty_nine_blocks_that_it_offered_and_not_fifty(int refusals, bool stays)
    {
        var swarm = new SimulatedSwarm(seed: 3, length: 64 << 20);
        var peer = swarm.Join(new PeerBehaviour { IsSilent = true });
        swarm.Pieces.ToList().ForEach(piece => swarm.Read(piece.Value));
        swarm.For(TimeSpan.FromSeconds(0.5));
        var asked = peer.Asked.Take(refusals).ToList();
        Assert.Equal(refusals, asked.Count);

        asked.ForEach(block => peer.Say(new PeerMessage.RejectRequest(block.Piece.Value, block.Offset, block.Length)));
        swarm.For(TimeSpan.FromSeconds(0.5));

        Assert.Equal(stays, peer.ClosedBecause is null);
        swarm.Close();
    }

    [Fact]
    public void A_peer_that_is_refused_two_thousand_requests_in_ten_seconds_stays_and_one_more_sends_it_away()
    {
        var swarm = new SimulatedSwarm(seed: 3);
        var peer = new UnrulyPeer(swarm, 1, fast: true);
        peer.Say(new PeerMessage.Interested());
        void Ask(int times)
        {
            for (var i = 0; i < times; i++)
            {
                peer.Say(new PeerMessage.Request(0, 0, Block));
            }
        }

        Ask(Uploads.MaxRefused);
        swarm.For(TimeSpan.FromSeconds(11));
        Assert.Null(peer.ClosedBecause);
        Assert.InRange(peer.Told, Uploads.MaxRefused, Uploads.MaxRefused + 10);

        Ask(Uploads.MaxRefused);
        swarm.For(TimeSpan.FromSeconds(1));
        Assert.Null(peer.ClosedBecause);
        Ask(1);
        swarm.For(TimeSpan.FromSeconds(1));
        Assert.NotNull(peer.ClosedBecause);
        swarm.Close();
    }

    [Fact]
    public void A_storm_of_requests_and_cancels_is_never_more_than_five_hundred_deep_and_the_reader_beside_it_is_served()
    {
        var swarm = new SimulatedSwarm(seed: 4);
        swarm.Join(new PeerBehaviour());
        var first = swarm.Read(0);
        swarm.Until(() => first.Granted.IsCompleted, TimeSpan.FromMinutes(1));
        var peer = new UnrulyPeer(swarm, 1, fast: true);
        peer.Say(new PeerMessage.Interested());
        swarm.For(TimeSpan.FromSeconds(1.1));
        for (var i = 0; i < 10_000; i++)
        {
            peer.Say(new PeerMessage.Request(0, Block * (i % 16), Block));
            peer.Say(new PeerMessage.Cancel(0, Block * (i % 16), Block));
        }

        var wish = swarm.Read(5);
        Assert.NotNull(swarm.Until(() => wish.Granted.IsCompletedSuccessfully, TimeSpan.FromSeconds(5)));
        swarm.Close();
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7", true)]
    [InlineData("203.0.113.7", "203.0.113.8", false)]
    [InlineData("2001:db8:1:1::7", "2001:db8:1:1:ffff::8", true)]
    [InlineData("2001:db8:1:1::7", "2001:db8:1:2::7", false)]
    [InlineData("192.168.1.7", "192.168.1.7", true)]
    [InlineData("127.0.0.1", "127.0.0.1", false)]
    public void Four_connections_come_from_one_address_and_a_fifth_is_sent_away(string address, string next, bool isSentAway)
    {
        var swarm = new SimulatedSwarm(seed: 5);
        var four = Enumerable.Range(1, PeerLimits.SessionsPerAddress).Select(i => new UnrulyPeer(swarm, i, fast: true, new IPEndPoint(IPAddress.Parse(address), i))).ToList();
        var fifth = new UnrulyPeer(swarm, 9, fast: true, new IPEndPoint(IPAddress.Parse(next), 9));
        swarm.For(TimeSpan.FromSeconds(1));

        Assert.All(four, peer => Assert.Null(peer.ClosedBecause));
        Assert.Equal(isSentAway, fifth.ClosedBecause is not null);

        // A place that becomes free is anybody's.
        four[0].Close("gone");
        var sixth = new UnrulyPeer(swarm, 10, fast: true, new IPEndPoint(IPAddress.Parse(next), 10));
        swarm.For(TimeSpan.FromSeconds(1));
        Assert.Null(sixth.ClosedBecause);
        swarm.Close();
    }

    [Fact]
    public void Thirty_two_peers_that_come_go_choke_and_die_at_any_moment_leave_nothing_behind()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var swarm = new SimulatedSwarm(seed, length: 4 << 20, maxPeers: 40);
            var random = new Random(seed);
            var id = PeerIds.New("-LT2080-", random);
            for (var i = 0; i < 32; i++)
            {
                var number = i;
                swarm.At(TimeSpan.FromMilliseconds(random.Next(4_000)), () => Live(swarm, random, number, id));
            }

            swarm.Join(new PeerBehaviour());
            var wishes = swarm.Pieces.Select(piece => swarm.Read(piece.Value)).ToList();
            Assert.True(swarm.Until(() => wishes.TrueForAll(wish => wish.Granted.IsCompletedSuccessfully), TimeSpan.FromMinutes(2)) is not null, $"Seed {seed}");
            swarm.For(TimeSpan.FromSeconds(10));
            foreach (var peer in swarm.Peers)
            {
                peer.Close("the network is gone");
            }

            swarm.For(TimeSpan.FromSeconds(1));
            Assert.Equal(0, swarm.Loop.Status.PeersConnected);
            Assert.Equal(4 << 20, swarm.Buffers.LiveBytes);

            // What is held now is what the store has; closing expects that this is given back, too.
            swarm.Close();
        }
    }

    private static void Live(SimulatedSwarm swarm, Random random, int number, PeerId shared)
    {
        var behaviour = new PeerBehaviour { Corruption = number % 8 == 0 ? 0.2 : 0, Fast = number % 2 == 0 };
        var peer = number % 5 == 0 ? swarm.Connect(behaviour, id: shared) : swarm.Join(behaviour);
        if (number % 3 == 0)
        {
            swarm.After(TimeSpan.FromMilliseconds(random.Next(300)), peer.Choke);
        }

        if (number % 4 != 3)
        {
            swarm.After(TimeSpan.FromMilliseconds(random.Next(600)), () => peer.Close("gone"));
        }
    }

    private static PeerMessage Anything(Random random) => random.Next(16) switch
    {
        0 => new PeerMessage.Choke(),
        1 => new PeerMessage.Unchoke(),
        2 => new PeerMessage.Interested(),
        3 => new PeerMessage.NotInterested(),
        4 => new PeerMessage.Have(Number(random)),
        5 => new PeerMessage.Bitfield(Bytes(random, 4)),
        6 => new PeerMessage.Request(Number(random), Number(random), random.Next(4) == 0 ? Number(random) : Block),
        7 => new PeerMessage.Cancel(Number(random), Number(random), Block),
        8 => new PeerMessage.RejectRequest(Number(random), Number(random), Block),
        9 => new PeerMessage.AllowedFast(Number(random)),
        10 => new PeerMessage.HaveNone(),
        11 => new PeerMessage.Port((ushort)random.Next(65_536)),
        12 => new PeerMessage.SuggestPiece(Number(random)),
        13 => new PeerMessage.Extended(0, Handshake(random)),
        14 => new PeerMessage.Extended((byte)random.Next(5), Bytes(random, 60)),
        _ => new PeerMessage.Extended((byte)random.Next(5), Encoding.Latin1.GetBytes(random.Next(3) switch
        {
            0 => $"d8:msg_typei{random.Next(-1, 4)}e5:piecei{Number(random)}ee",
            1 => $"d5:added6:{(char)random.Next(256)}{(char)random.Next(256)}aaaae",
            _ => $"d8:msg_typei1e5:piecei0e10:total_sizei{Number(random)}ee{new string('x', random.Next(17_000))}",
        })),
    };

    private static int Number(Random random) => random.Next(6) switch
    {
        0 => random.Next(),
        1 => int.MaxValue,
        2 => 0,
        3 => Block * random.Next(5),
        _ => random.Next(10),
    };

    private static byte[] Handshake(Random random)
    {
        var ids = $"1:md11:ut_metadatai{random.Next(-1, 300)}e6:ut_pexi{random.Next(-1, 300)}e11:lt_donthavei{random.Next(9)}ee";
        return Encoding.Latin1.GetBytes($"d{ids}13:metadata_sizei{Number(random)}e1:pi{Number(random)}e4:reqqi{Number(random)}ee");
    }

    private static byte[] Bytes(Random random, int most)
    {
        var bytes = new byte[random.Next(most)];
        random.NextBytes(bytes);
        return bytes;
    }
}
