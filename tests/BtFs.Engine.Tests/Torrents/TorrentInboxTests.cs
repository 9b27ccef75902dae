using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Picking;
using BtFs.Engine.Tests.Peers;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;
using BtFs.Protocol.Peer;

namespace BtFs.Engine.Tests.Torrents;

public sealed class TorrentInboxTests
{
    private readonly TorrentInbox _inbox = new();
    private readonly SharedBufferPool _buffers = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_closed_inbox_is_given_or_still_has_is_let_go(bool postedBefore)
    {
        var wish = new Wish(new PieceIndex(0), new PieceIndex(0));
        var peer = SomePeer.Stranger(1);
        var proof = new VerifiedRange(new PieceSlice(new PieceIndex(0), 0, 10), _buffers.Rent(10));
        var loaded = new ContentSegments();
        loaded.Add(_buffers.Rent(20), 0, 20);
        TorrentEvent[] events =
        [
            new TorrentEvent.ReadWaits(wish),
            new TorrentEvent.PeerConnected(peer.Wire, peer.Hello),
            new TorrentEvent.PieceVerified(null!, proof),
            new TorrentEvent.BlockLoaded(peer.Wire, new PeerMessage.Request(0, 0, 20), loaded),
        ];

        if (!postedBefore)
        {
            _inbox.Close();
        }

        foreach (var e in events)
        {
            _inbox.Post(e);
        }

        _inbox.Close();
        Assert.IsType<ContentUnavailableException>(wish.Granted.Exception!.InnerException);
        Assert.Equal("closing", peer.Wire().ClosedBecause);
        Assert.Equal(0, _buffers.LiveBytes);
    }

    [Fact]
    public async Task Events_come_out_in_the_order_in_which_they_went_in()
    {
        TorrentEvent first = new TorrentEvent.Tick(), second = new TorrentEvent.ReadsEnded();
        _inbox.Post(first);
        _inbox.Post(second);

        Assert.True(await _inbox.WaitAsync());
        Assert.True(_inbox.TryTake(out var one));
        Assert.True(_inbox.TryTake(out var two));
        Assert.Same(first, one);
        Assert.Same(second, two);
        Assert.False(_inbox.TryTake(out _));
    }
}
