using BtFs.Engine.Peers;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Tests.Peers;

public class ChokerTests
{
    private readonly Choker _choker = new(new Random(1));
    private readonly List<Peer> _peers = [.. Enumerable.Range(1, 10).Select(i => SomePeer.Stranger(i))];

    [Fact]
    public void While_a_slot_is_free_an_interested_peer_is_unchoked_at_once_and_then_no_more()
    {
        foreach (var peer in _peers)
        {
            peer.IsInterested = true;
            _choker.Interested(peer, _peers, TimeSpan.Zero);
        }

        Assert.Equal([1, 2, 3, 4], _peers.Where(peer => !peer.IsChoked).Select(peer => _peers.IndexOf(peer) + 1));
        Assert.IsType<PeerMessage.Unchoke>(Assert.Single(_peers[0].Wire().Sent));
        Assert.Empty(_peers[4].Wire().Sent);
    }

    [Fact]
    public void Those_who_give_most_keep_their_slots_and_one_slot_goes_round()
    {
        AllInterested();
        var optimistic = new HashSet<Peer>();
        for (var round = 0; round < 60; round++)
        {
            for (var i = 0; i < 3; i++)
            {
                _peers[i].RecentBytesFrom += 1_000_000;
            }

            _choker.Tick(_peers, isComplete: false, Choker.Round * round);
            Assert.All(_peers.Take(3), peer => Assert.False(peer.IsChoked));
            Assert.Equal(Choker.Slots, _peers.Count(peer => !peer.IsChoked));
            optimistic.UnionWith(_peers.Skip(3).Where(peer => !peer.IsChoked));
        }

        Assert.True(optimistic.Count >= 5, $"Only {optimistic.Count} of 7 had a turn.");
    }

    [Fact]
    public void The_peer_that_has_its_turn_does_not_take_a_second_slot_by_its_rank()
    {
        AllInterested();
        for (var round = 0; round < 20; round++)
        {
            _choker.Tick(_peers, isComplete: false, Choker.Round * round);
            Assert.Equal(Choker.Slots, _peers.Count(peer => !peer.IsChoked));
        }
    }

    [Fact]
    public void When_we_need_nothing_everybody_is_served_in_turn()
    {
        AllInterested();
        for (var round = 0; round < 40; round++)
        {
            _choker.Tick(_peers, isComplete: true, Choker.Round * round);
            foreach (var peer in _peers.Where(peer => !peer.IsChoked))
            {
                peer.BytesTo += 1_000_000;
            }
        }

        Assert.All(_peers, peer => Assert.InRange(peer.BytesTo, 10_000_000, 25_000_000));
    }

    [Fact]
    public void A_choked_peer_hears_of_each_block_that_it_will_not_get()
    {
        var peer = _peers[0];
        peer.IsInterested = true;
        _choker.Interested(peer, _peers, TimeSpan.Zero);
        peer.Wanted.AddLast(new PeerMessage.Request(1, 0, 16384));
        peer.Wanted.AddLast(new PeerMessage.Request(1, 16384, 16384));
        peer.IsInterested = false;
        _choker.Tick(_peers, isComplete: false, TimeSpan.FromSeconds(1));

        Assert.True(peer.IsChoked);
        Assert.Empty(peer.Wanted);
        Assert.Equal(
            [new PeerMessage.Unchoke(), new PeerMessage.Choke(), new PeerMessage.RejectRequest(1, 0, 16384), new PeerMessage.RejectRequest(1, 16384, 16384)],
            peer.Wire().Sent);
    }

    [Fact]
    public void Seeds_want_nothing_and_get_no_slot()
    {
        var seed = SomePeer.Seed(1, pieceCount: 4);
        seed.IsInterested = true;
        _choker.Tick([seed], isComplete: false, TimeSpan.Zero);

        Assert.True(seed.IsChoked);
    }

    private void AllInterested() => _peers.ForEach(peer => peer.IsInterested = true);
}
