using BtFs.Engine.Layout;
using BtFs.Engine.Peers;
using BtFs.Engine.Picking;
using BtFs.Engine.Tests.Peers;

namespace BtFs.Engine.Tests.Picking;

public class ReserveTests
{
    private static readonly TorrentLayout Layout = new(1 << 20, [1L << 30]);
    private readonly Reserve _reserve = new();
    private readonly DemandBook _demand = new(Layout);
    private readonly List<Peer> _peers = [.. Enumerable.Range(1, 12).Select(i => SomePeer.Seed(i, Layout.PieceCount))];
    private readonly TimeSpan _now = TimeSpan.FromSeconds(100);

    [Fact]
    public void While_everybody_reads_on_as_fast_as_it_can_the_link_may_be_filled()
    {
        Read(isHurried: true);
        Measure();

        Assert.All(_peers, peer => Assert.Equal(Reserve.WhenHurried, _reserve.CeilingFor(peer, isWaitedFor: true)));
    }

    [Fact]
    public void A_player_needs_no_long_queues()
    {
        Read(isHurried: false);
        Measure();

        Assert.All(_peers, peer => Assert.Equal(Reserve.WhenPaced, _reserve.CeilingFor(peer, isWaitedFor: false)));
    }

    [Fact]
    public void While_reads_go_here_and_there_queues_are_short_and_the_best_peers_almost_free()
    {
        Scatter();
        Measure();

        Assert.Equal(3, _peers.Count(peer => _reserve.CeilingFor(peer, isWaitedFor: false) == 0));
        Assert.Equal(9, _peers.Count(peer => _reserve.CeilingFor(peer, isWaitedFor: false) == Reserve.WhenScattered));
    }

    [Fact]
    public void While_our_own_link_is_full_and_somebody_waits_nothing_else_is_asked_for()
    {
        foreach (var peer in _peers)
        {
            peer.Speed.UseRoundTrip(TimeSpan.FromMilliseconds(40), _now);
            peer.Speed.UseRoundTrip(TimeSpan.FromMilliseconds(140), _now);
        }

        Scatter();
        Measure();

        Assert.True(_reserve.IsLinkFull);
        Assert.All(_peers, peer => Assert.Equal(0, peer.RoomAhead(_reserve.CeilingFor(peer, isWaitedFor: true))));
        Assert.All(_peers, peer => Assert.True(peer.RoomAhead(_reserve.CeilingFor(peer, isWaitedFor: false)) > 0));
    }

    private void Measure() => _reserve.Measure(_peers, _demand, _now);

    private void Read(bool isHurried) => _demand.SetWindows("a", [new ReadWindow(0, 8 << 20, 1_000_000, isHurried)], _now);

    private void Scatter()
    {
        foreach (var piece in new[] { 10, 500 })
        {
            _demand.Add(new Wish(new PieceIndex(piece), new PieceIndex(piece)) { IsScattered = true }, _ => false, _now);
        }
    }
}
