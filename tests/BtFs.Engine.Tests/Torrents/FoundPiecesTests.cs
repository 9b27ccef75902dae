using BtFs.Engine.Layout;
using BtFs.Engine.Picking;
using BtFs.Engine.Torrents;
using BtFs.Testing.Swarms;

namespace BtFs.Engine.Tests.Torrents;

/// <summary>Pieces that the store comes upon by itself, as in files that another client has put somewhere.</summary>
public class FoundPiecesTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_reader_that_waits_with_nobody_there_is_woken_when_its_piece_is_found()
    {
        var swarm = new SimulatedSwarm(seed: 1);
        var wish = swarm.Read(3);
        swarm.For(TimeSpan.FromSeconds(2));
        Assert.False(wish.Granted.IsCompleted);

        swarm.Post(new TorrentEvent.PieceFound(new PieceIndex(3)));
        Assert.NotNull(swarm.Until(() => wish.Granted.IsCompletedSuccessfully, Soon));
    }

    [Fact]
    public void A_piece_that_is_found_while_it_is_fetched_is_asked_for_no_more()
    {
        var swarm = new SimulatedSwarm(seed: 2);
        var peer = swarm.Join(new PeerBehaviour { Rate = 20_000 });
        var wish = swarm.Read(3);
        swarm.Until(() => peer.Asked.Count > 2, Soon);
        var asked = peer.Asked.Count;

        swarm.Post(new TorrentEvent.PieceFound(new PieceIndex(3)));
        Assert.NotNull(swarm.Until(() => wish.Granted.IsCompletedSuccessfully, TimeSpan.FromMilliseconds(1)));
        swarm.For(TimeSpan.FromSeconds(30));
        Assert.Equal(asked, peer.Asked.Count);
        Assert.True(swarm.Parts.Pieces.Has(new PieceIndex(3)));
    }

    [Fact]
    public void A_piece_that_is_found_twice_or_is_here_already_changes_nothing()
    {
        var swarm = new SimulatedSwarm(seed: 3);
        swarm.Join(new PeerBehaviour());
        var wish = swarm.Read(3);
        swarm.Until(() => wish.Granted.IsCompleted, Soon);
        var present = swarm.Parts.Pieces.BytesPresent;

        swarm.Post(new TorrentEvent.PieceFound(new PieceIndex(3)));
        swarm.Post(new TorrentEvent.PieceFound(new PieceIndex(3)));
        swarm.For(TimeSpan.FromSeconds(1));
        Assert.Equal(present, swarm.Parts.Pieces.BytesPresent);
    }

    [Fact]
    public void What_may_be_in_the_files_is_not_read_ahead_before_they_were_looked_through()
    {
        var swarm = new SimulatedSwarm(seed: 4, isMagnet: true);
        var uncertain = Enumerable.Range(1, 4).Select(i => new PieceIndex(i));
        swarm.Post(new TorrentEvent.TransferOpened(swarm.Parts with { Pieces = new PieceMap(swarm.Layout, [], uncertain) }));
        swarm.For(TimeSpan.FromMilliseconds(1));
        var peer = swarm.Join(new PeerBehaviour());
        var reader = new object();
        swarm.Post(new TorrentEvent.WindowsMoved(reader, [new ReadWindow(0, swarm.Layout.PieceLength * 6L, 1 << 20)]));
        swarm.For(TimeSpan.FromSeconds(10));
        Assert.Equal([0, 5], peer.Asked.Select(block => block.Piece.Value).Distinct().Order());

        swarm.Post(new TorrentEvent.PieceFound(new PieceIndex(2)));
        swarm.Post(new TorrentEvent.PieceLost(new PieceIndex(3)));
        swarm.For(TimeSpan.FromSeconds(10));
        Assert.Equal([0, 3, 5], peer.Asked.Select(block => block.Piece.Value).Distinct().Order());
    }
}
