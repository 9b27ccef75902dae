using BtFs.Engine.Layout;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Extensions;
using BtFs.Protocol.Peer;
using BtFs.Testing.Swarms;

namespace BtFs.Engine.Tests.Torrents;

/// <summary>A magnet among simulated peers: first the info dictionary, then the content.</summary>
public class ResolvingTests
{
    private const byte TheirMetadataId = 7;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("have all")]
    [InlineData("bitfield")]
    [InlineData("haves")]
    public void What_peers_say_they_have_before_the_content_is_known_counts_once_it_is(string how)
    {
        var swarm = new SimulatedSwarm(seed: 1, isMagnet: true);
        var peer = Knowing(swarm);
        switch (how)
        {
            case "have all": peer.Say(new PeerMessage.HaveAll()); break;
            case "bitfield": peer.Say(new PeerMessage.Bitfield(new byte[] { 0xff, 0xff })); break;
            default: Enumerable.Range(0, 16).ToList().ForEach(piece => peer.Say(new PeerMessage.Have(piece))); break;
        }

        peer.Say(new PeerMessage.Unchoke());
        Assert.NotNull(swarm.Until(() => IsOpen(peer) && swarm.Loop.Peers[0].Pieces.IsSeed, Soon));
        var wish = swarm.Read(3);
        Assert.NotNull(swarm.Until(() => wish.Granted.IsCompletedSuccessfully, Soon));
        Assert.True(swarm.IsRight(new PieceIndex(3)));
        swarm.Close();
    }

    [Fact]
    public void A_piece_granted_before_the_content_is_known_is_asked_for_afterwards_though_the_peer_chokes()
    {
        var swarm = new SimulatedSwarm(seed: 2, isMagnet: true);
        var peer = Knowing(swarm);
        peer.Say(new PeerMessage.HaveAll());
        peer.Say(new PeerMessage.AllowedFast(5));
        peer.Granted.Add(5);
        peer.Choke();
        Assert.NotNull(swarm.Until(() => IsOpen(peer), Soon));

        var wish = swarm.Read(5);
        Assert.NotNull(swarm.Until(() => wish.Granted.IsCompletedSuccessfully, Soon));
        swarm.Close();
    }

    [Fact]
    public void A_peer_whose_words_turn_out_impossible_is_sent_away_when_the_content_is_known_and_the_rest_stay()
    {
        var swarm = new SimulatedSwarm(seed: 3, isMagnet: true);
        var honest = Knowing(swarm);
        var liar = swarm.Connect(new PeerBehaviour { Pieces = [] });
        liar.Say(new PeerMessage.Have(-4));
        swarm.For(TimeSpan.FromSeconds(1));

        Assert.NotNull(liar.ClosedBecause);
        Assert.Null(honest.ClosedBecause);
        swarm.Close();
    }

    [Fact]
    public void Peers_met_while_resolving_learn_that_the_info_dictionary_can_be_had_from_us()
    {
        var swarm = new SimulatedSwarm(seed: 4, isMagnet: true);
        Knowing(swarm);
        var other = swarm.Connect(new PeerBehaviour { Pieces = [] });
        swarm.For(TimeSpan.FromSeconds(1));

        var sizes = other.Heard.OfType<PeerMessage.Extended>().Where(message => message.ExtensionId == 0)
            .Select(message => ExtensionHandshake.Read(message.Payload).MetadataBytes);
        Assert.Equal([null, swarm.Info.Length], sizes);
        swarm.Close();
    }

    [Fact]
    public void A_peer_that_was_refused_has_no_say_in_the_info_dictionary()
    {
        var swarm = new SimulatedSwarm(seed: 5, isMagnet: true, maxPeers: 1);
        swarm.Connect(new PeerBehaviour { Pieces = [] });
        var refused = Knowing(swarm);
        swarm.For(TimeSpan.FromSeconds(1));

        Assert.Equal("enough peers", refused.ClosedBecause);
        Assert.Equal(0, swarm.Loop.Status.MetadataSize);
        Assert.Empty(refused.Heard);
        swarm.Close();
    }

    [Fact]
    public void While_nobody_sends_the_info_dictionary_trackers_are_asked_for_more_peers()
    {
        var swarm = new SimulatedSwarm(seed: 6, isMagnet: true);
        swarm.Connect(new PeerBehaviour { Pieces = [] });
        swarm.For(TimeSpan.FromSeconds(30));

        Assert.InRange(swarm.Searches, 2, 7);
        swarm.Close();
    }

    [Fact]
    public void A_peer_hears_that_we_are_interested_before_the_content_is_known_and_once()
    {
        var swarm = new SimulatedSwarm(seed: 7, isMagnet: true);
        var silent = swarm.Connect(new PeerBehaviour());
        swarm.For(TimeSpan.FromSeconds(1));
        Assert.Contains(silent.Heard, message => message is PeerMessage.Interested);

        var peer = Knowing(swarm);
        Assert.NotNull(swarm.Until(() => IsOpen(peer), Soon));
        Assert.Single(silent.Heard, message => message is PeerMessage.Interested);
        swarm.Close();
    }

    /// <summary>Whether it has been told that the content is known: that comes with a second handshake of BEP 10.</summary>
    private static bool IsOpen(SimulatedPeer peer) => peer.Heard.Count(message => message is PeerMessage.Extended { ExtensionId: 0 }) == 2;

    /// <summary>A peer that has the info dictionary and sends it.</summary>
    private static SimulatedPeer Knowing(SimulatedSwarm swarm)
    {
        var peer = swarm.Connect(new PeerBehaviour());
        var id = (byte)0;
        peer.Hears = message =>
        {
            if (message is PeerMessage.Extended { ExtensionId: 0 } hello)
            {
                ExtensionHandshake.Read(hello.Payload).TryGetId(ExtensionNames.Metadata, out id);
            }
            else if (message is PeerMessage.Extended { ExtensionId: TheirMetadataId } asked && MetadataMessage.Read(asked.Payload) is MetadataMessage.Request { Piece: 0 })
            {
                var data = new MetadataMessage.Data(0, swarm.Info.Length, swarm.Info);
                swarm.After(peer.Behaviour.RoundTrip, () => peer.Say(data.ToMessage(id)));
            }
        };
        peer.Say(new ExtensionHandshake
        {
            Ids = new Dictionary<string, byte> { [ExtensionNames.Metadata] = TheirMetadataId },
            MetadataBytes = swarm.Info.Length,
        }.ToMessage());
        return peer;
    }
}
