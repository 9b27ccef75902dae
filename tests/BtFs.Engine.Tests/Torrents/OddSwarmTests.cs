using System.Net;
using BtFs.Engine.Layout;
using BtFs.Engine.Picking;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Extensions;
using BtFs.Protocol.Peer;
using BtFs.Testing.Swarms;

namespace BtFs.Engine.Tests.Torrents;

/// <summary>Peers that do what no good peer does, and moments that nobody plans for.</summary>
public class OddSwarmTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public void When_the_one_suspect_that_was_to_send_a_piece_chokes_for_ever_somebody_else_sends_it()
    {
        var swarm = new SimulatedSwarm(seed: 1);
        var first = swarm.Join(new PeerBehaviour());
        swarm.For(TimeSpan.FromMilliseconds(20));
        swarm.Loop.Peers[0].IsSuspect = true;
        var wish = swarm.Read(0);
        swarm.For(TimeSpan.FromMilliseconds(100));
        first.Choke();
        swarm.Join(new PeerBehaviour());

        Assert.NotNull(swarm.Until(() => wish.Granted.IsCompletedSuccessfully, TimeSpan.FromSeconds(5)));
        swarm.Close();
    }

    [Fact]
    public void A_suspect_that_trickles_gives_way_to_an_honest_peer()
    {
        var swarm = new SimulatedSwarm(seed: 2);
        swarm.Join(new PeerBehaviour { Rate = 5_000 });
        swarm.For(TimeSpan.FromMilliseconds(20));
        swarm.Loop.Peers[0].IsSuspect = true;
        var wish = swarm.Read(0);
        swarm.For(TimeSpan.FromSeconds(4));
        swarm.Join(new PeerBehaviour());

        Assert.NotNull(swarm.Until(() => wish.Granted.IsCompletedSuccessfully, TimeSpan.FromSeconds(3)));
        swarm.Close();
    }

    [Fact]
    public void An_honest_peer_is_no_suspect_any_more_once_the_liar_is_found()
    {
        var swarm = new SimulatedSwarm(seed: 3);
        var liar = swarm.Join(new PeerBehaviour { Corruption = 1, Rate = 100_000 });
        swarm.Join(new PeerBehaviour { Rate = 100_000 });
        var wish = swarm.Read(0);
        Assert.NotNull(swarm.Until(() => swarm.Loop.Peers is [{ IsSuspect: true }, { IsSuspect: true }], Soon));

        // A third one sends it all; its blocks tell the other two apart.
        swarm.Join(new PeerBehaviour { Rate = 5_000_000 });
        Assert.NotNull(swarm.Until(() => wish.Granted.IsCompletedSuccessfully, Soon));
        Assert.NotNull(liar.ClosedBecause);
        Assert.Equal([false, false], swarm.Loop.Peers.Select(peer => peer.IsSuspect));
        swarm.Close();
    }

    [Fact]
    public void A_granted_piece_that_is_refused_after_all_is_not_asked_for_again_and_again()
    {
        var swarm = new SimulatedSwarm(seed: 4);
        var peer = swarm.Connect(new PeerBehaviour { RefusesAll = true, RoundTrip = TimeSpan.FromMilliseconds(2) });
        peer.Granted.Add(0);
        peer.Say(new PeerMessage.HaveAll());
        peer.Say(new PeerMessage.AllowedFast(0));
        peer.Choke();
        swarm.Read(0);
        swarm.For(TimeSpan.FromSeconds(2));

        Assert.InRange(peer.Asked.Count, 16, 3 * 16);
        swarm.Close();
    }

    [Fact]
    public void Nonsense_that_a_peer_grants_does_no_harm()
    {
        var swarm = new SimulatedSwarm(seed: 5);
        var peer = swarm.Join(new PeerBehaviour());
        for (var i = 0; i < 5000; i++)
        {
            peer.Say(new PeerMessage.AllowedFast(i * -7));
        }

        peer.Say(new PeerMessage.RejectRequest(-1, -1, -1));
        peer.Say(new PeerMessage.RejectRequest(int.MaxValue, int.MaxValue, int.MaxValue));
        peer.Say(new PeerMessage.Cancel(-1, -1, -1));
        var wish = swarm.Read(1);

        Assert.NotNull(swarm.Until(() => wish.Granted.IsCompletedSuccessfully, Soon));
        Assert.True(swarm.Loop.Peers[0].AllowedFast.Count <= 64);
        swarm.Close();
    }

    [Fact]
    public void What_the_store_cannot_keep_is_not_read_ahead_over_and_over()
    {
        var swarm = new SimulatedSwarm(seed: 6);
        var peer = swarm.Join(new PeerBehaviour { Rate = 5_000_000 });
        swarm.Post(new TorrentEvent.WindowsMoved(new object(), [new ReadWindow(0, 3 * 256 * 1024, 1_000_000)]));
        Assert.NotNull(swarm.Until(() => swarm.Parts.Pieces.HaveCount == 3, Soon));
        swarm.Store.Evict(new PieceIndex(1));
        swarm.For(TimeSpan.FromSeconds(5));
        Assert.Equal(48, peer.Asked.Count);

        var wish = swarm.Read(1);
        Assert.NotNull(swarm.Until(() => wish.Granted.IsCompletedSuccessfully, Soon));
        swarm.Close();
    }

    [Fact]
    public void A_piece_read_and_then_lost_is_not_fetched_for_nobody()
    {
        var swarm = new SimulatedSwarm(seed: 7);
        var peer = swarm.Join(new PeerBehaviour());
        var wish = swarm.Read(2);
        swarm.Until(() => wish.Granted.IsCompletedSuccessfully, Soon);
        swarm.Store.Evict(new PieceIndex(2));
        swarm.For(TimeSpan.FromSeconds(5));

        Assert.Equal(16, peer.Asked.Count);
        swarm.Close();
    }

    [Fact]
    public void While_the_disk_is_behind_no_peer_is_blamed_for_silence()
    {
        var swarm = new SimulatedSwarm(seed: 8);
        var peer = swarm.Join(new PeerBehaviour { IsSilent = true });
        swarm.Store.BytesWaiting = Torrent.MaxBytesWaiting + 1;
        swarm.Read(0);
        swarm.For(TimeSpan.FromSeconds(60));
        Assert.Null(peer.ClosedBecause);

        swarm.Store.BytesWaiting = Torrent.MaxBytesWaiting;
        swarm.For(TimeSpan.FromSeconds(31));
        Assert.Equal("owes blocks and sends nothing", peer.ClosedBecause);
        swarm.Close();
    }

    [Fact]
    public void A_peer_above_the_limit_is_sent_away_and_takes_no_place()
    {
        var swarm = new SimulatedSwarm(seed: 9, maxPeers: 2);
        swarm.Join(new PeerBehaviour());
        var second = swarm.Join(new PeerBehaviour());
        var third = swarm.Join(new PeerBehaviour());
        swarm.For(TimeSpan.FromMilliseconds(20));
        Assert.Equal("enough peers", third.ClosedBecause);
        Assert.Empty(third.Heard);

        second.Close("gone");
        var fourth = swarm.Join(new PeerBehaviour());
        swarm.For(TimeSpan.FromMilliseconds(20));
        Assert.Null(fourth.ClosedBecause);
        swarm.Close();
    }

    [Fact]
    public void The_same_peer_is_not_connected_twice()
    {
        var swarm = new SimulatedSwarm(seed: 10);
        var id = PeerId.New(new Random(5));
        var first = swarm.Connect(new PeerBehaviour(), id: id);
        var second = swarm.Connect(new PeerBehaviour(), id: id);
        swarm.For(TimeSpan.FromMilliseconds(20));

        Assert.Single([first, second], peer => peer.ClosedBecause is null);
        swarm.Close();
    }

    [Fact]
    public void Whoever_was_banned_is_sent_away_at_once_when_he_comes_back()
    {
        var swarm = new SimulatedSwarm(seed: 11);
        var liar = swarm.Join(new PeerBehaviour { Corruption = 1 });
        swarm.Read(0);
        swarm.For(TimeSpan.FromSeconds(5));
        var again = swarm.Connect(new PeerBehaviour(), dialed: new IPEndPoint(liar.Address.Address, 1234));
        again.Say(new PeerMessage.HaveAll());
        swarm.For(TimeSpan.FromMilliseconds(20));

        Assert.Equal("banned", again.ClosedBecause);
        Assert.Empty(again.Heard);
        swarm.Close();
    }

    [Fact]
    public void A_refused_address_may_be_dialed_again_and_every_dial_is_counted_once()
    {
        var swarm = new SimulatedSwarm(seed: 12, maxPeers: 1);
        var address = new IPEndPoint(IPAddress.Parse("10.9.9.9"), 6881);
        swarm.Post(new TorrentEvent.PeersFound([address]));
        swarm.For(TimeSpan.FromMilliseconds(20));
        Assert.Equal([address], swarm.Dialed);

        var sitting = swarm.Join(new PeerBehaviour());
        swarm.Connect(new PeerBehaviour(), dialed: address);
        swarm.For(TimeSpan.FromMilliseconds(20));
        sitting.Close("gone");
        swarm.For(TimeSpan.FromSeconds(40));

        Assert.Equal([address, address], swarm.Dialed);
        swarm.Close();
    }

    [Fact]
    public void A_swarm_that_is_closed_in_the_middle_of_everything_holds_nothing()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var swarm = new SimulatedSwarm(seed, length: 2 << 20);
            for (var i = 0; i < 4; i++)
            {
                swarm.Join(new PeerBehaviour { Corruption = i == 0 ? 0.1 : 0, Fast = i % 2 == 0 });
            }

            var wishes = swarm.Pieces.Select(piece => swarm.Read(piece.Value)).ToList();
            swarm.For(TimeSpan.FromMilliseconds(swarm.Random.Next(1500)));
            swarm.Close();

            Assert.All(wishes, wish => Assert.True(wish.Granted.IsCompleted, $"Seed {seed}: a reader hangs."));
        }
    }

    [Fact]
    public void A_peer_gets_the_info_dictionary_as_often_as_it_may_need_it_but_not_for_ever()
    {
        var swarm = new SimulatedSwarm(seed: 14);
        var peer = swarm.Connect(new PeerBehaviour { Pieces = [] });
        peer.Say(new ExtensionHandshake { Ids = new Dictionary<string, byte> { [ExtensionNames.Metadata] = 7 } }.ToMessage());
        for (var i = 0; i < 200; i++)
        {
            peer.Say(new MetadataMessage.Request(0).ToMessage(1));
        }

        peer.Say(new MetadataMessage.Request(9).ToMessage(1));
        swarm.For(TimeSpan.FromMilliseconds(20));
        var answers = peer.Heard.OfType<PeerMessage.Extended>().Where(message => message.ExtensionId == 7).Select(message => MetadataMessage.Read(message.Payload)).ToList();

        Assert.Equal(201, answers.Count);
        Assert.InRange(answers.OfType<MetadataMessage.Data>().Count(), 60, 70);
        Assert.Equal(new MetadataMessage.Reject(9), answers[^1]);
        swarm.Close();
    }

    [Fact]
    public void Peers_met_before_the_cache_was_known_hear_of_all_of_it_but_not_all_at_once()
    {
        var swarm = new SimulatedSwarm(seed: 13, pieceLength: 16 * 1024, length: 20_000 * 16L * 1024, isMagnet: true);
        var peer = swarm.Connect(new PeerBehaviour { Pieces = [] });
        swarm.For(TimeSpan.FromMilliseconds(20));
        swarm.Post(new TorrentEvent.TransferOpened(swarm.Parts with { Pieces = new PieceMap(swarm.Layout, swarm.Pieces) }));
        swarm.For(TimeSpan.FromMilliseconds(1));
        Assert.InRange(peer.Heard.OfType<PeerMessage.Have>().Count(), 0, 8_000);

        swarm.For(TimeSpan.FromSeconds(6));
        Assert.Equal(Enumerable.Range(0, 20_000), peer.Heard.OfType<PeerMessage.Have>().Select(have => have.Piece));
        swarm.Close();
    }
}
