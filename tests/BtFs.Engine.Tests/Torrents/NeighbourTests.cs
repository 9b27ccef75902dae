using System.Net;
using BtFs.Engine.Picking;
using BtFs.Engine.Torrents;
using BtFs.Protocol.Peer;
using BtFs.Testing.Swarms;

namespace BtFs.Engine.Tests.Torrents;

/// <summary>Another mount of the torrent on this machine: what it has is there already, and costs nobody else anything.</summary>
public class NeighbourTests
{
    private const int PieceLength = 256 * 1024;
    private const int Pieces = 64;
    private static readonly IPEndPoint Next = new(IPAddress.Loopback, 6881);

    private readonly SimulatedSwarm _swarm = new(seed: 5, PieceLength, length: Pieces * PieceLength);

    [Fact]
    public void What_the_neighbour_has_is_asked_of_nobody_else_and_the_rest_of_the_others()
    {
        var other = _swarm.Join(new PeerBehaviour { Rate = 2_000_000 });
        var neighbour = Neighbour(new PeerBehaviour { Rate = 2_000_000 }, has: 10);
        ReadOn();
        Assert.NotNull(_swarm.Until(() => _swarm.Parts.Pieces.IsComplete, TimeSpan.FromSeconds(30)));

        Assert.Equal(Enumerable.Range(0, 10), neighbour.Asked.Select(block => block.Piece.Value).Distinct().Order());
        Assert.Equal(Enumerable.Range(10, Pieces - 10), other.Asked.Select(block => block.Piece.Value).Distinct().Order());
        _swarm.Close();
    }

    [Fact]
    public void A_neighbour_that_says_nothing_holds_up_nobody()
    {
        _swarm.Join(new PeerBehaviour { Rate = 2_000_000 });
        Neighbour(new PeerBehaviour { IsSilent = true });
        var wish = _swarm.Read(3);

        Assert.NotNull(_swarm.Until(() => wish.Granted.IsCompletedSuccessfully, TimeSpan.FromSeconds(2)));
        _swarm.Close();
    }

    [Fact]
    public void A_neighbour_with_a_tight_limit_slows_nobody_down()
    {
        _swarm.Join(new PeerBehaviour { Rate = 5_000_000 });
        Neighbour(new PeerBehaviour { Rate = 20_000 });
        ReadOn();

        Assert.NotNull(_swarm.Until(() => _swarm.Parts.Pieces.IsComplete, TimeSpan.FromSeconds(20)));
        _swarm.Close();
    }

    [Fact]
    public void When_the_neighbour_has_gone_the_others_give_the_rest()
    {
        _swarm.Join(new PeerBehaviour { Rate = 2_000_000 });
        var neighbour = Neighbour(new PeerBehaviour { Rate = 2_000_000 });
        ReadOn();
        _swarm.For(TimeSpan.FromSeconds(2));
        neighbour.Close("unmounted");

        Assert.NotNull(_swarm.Until(() => _swarm.Parts.Pieces.IsComplete, TimeSpan.FromSeconds(30)));
        _swarm.Close();
    }

    private SimulatedPeer Neighbour(PeerBehaviour behaviour, int has = Pieces)
    {
        _swarm.Post(new TorrentEvent.NeighbourFound(Next));
        _swarm.For(TimeSpan.FromMilliseconds(10));
        Assert.Equal([Next], _swarm.Dialed);
        var peer = _swarm.Connect(behaviour, dialed: Next);
        for (var piece = 0; piece < has; piece++)
        {
            peer.Say(new PeerMessage.Have(piece));
        }

        peer.Say(new PeerMessage.Unchoke());
        _swarm.For(TimeSpan.FromMilliseconds(100));
        return peer;
    }

    /// <summary>One reader waits for what it reads, and has a window over the rest.</summary>
    private void ReadOn()
    {
        _swarm.Read(0);
        _swarm.Post(new TorrentEvent.WindowsMoved(this, [new ReadWindow(0, Pieces * PieceLength, 5_000_000, IsHurried: true)]));
    }
}
