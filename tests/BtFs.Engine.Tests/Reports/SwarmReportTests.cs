using BtFs.Engine.Reports;
using BtFs.Engine.Torrents;
using BtFs.Testing.Swarms;

namespace BtFs.Engine.Tests.Reports;

/// <summary>What the loop tells of its peers and of reads that wait.</summary>
public class SwarmReportTests
{
    [Fact]
    public void A_peer_is_told_of_with_what_it_has_and_gives()
    {
        var swarm = new SimulatedSwarm(seed: 1, length: 64 << 20);
        swarm.Join(new PeerBehaviour { Rate = 400_000, RequestLimit = 250 });
        swarm.Join(new PeerBehaviour { Pieces = [0, 1, 2] });
        swarm.Read(10, 250);
        swarm.For(TimeSpan.FromSeconds(10));

        var report = Report(swarm);

        Assert.Equal(2, report.Peers.Count);
        var (seed, poor) = (report.Peers[0], report.Peers[1]);
        Assert.Equal(swarm.Layout.PieceCount, seed.PiecesHeld);
        Assert.Equal("-LT20A0-", seed.Client);
        Assert.Equal(3, poor.PiecesHeld);
        Assert.InRange(seed.DownloadRate, 300_000, 440_000);
        Assert.Equal(0, poor.DownloadRate);
        Assert.True(seed.Requested > 0);
        Assert.False(seed.ChokesUs);
        Assert.True(seed.WeAreInterested);
        Assert.InRange(report.DownloadRate, 300_000, 440_000);
        Assert.Equal(report.Status.BytesDownloaded, seed.BytesFrom);
        swarm.Close();
    }

    [Fact]
    public void A_waiting_read_is_told_of_with_its_piece_and_who_has_been_asked()
    {
        var swarm = new SimulatedSwarm(seed: 2);
        var slow = swarm.Join(new PeerBehaviour { Rate = 50_000 });
        swarm.Join(new PeerBehaviour { Pieces = [0] });
        swarm.Read(9);
        swarm.For(TimeSpan.FromSeconds(2));

        var wait = Assert.Single(Report(swarm).Waits);

        Assert.Equal(9, wait.Piece.Value);
        Assert.InRange(wait.For.TotalSeconds, 1.9, 2.1);
        Assert.Equal((2, 1, 1), (wait.Peers, wait.PeersWithIt, wait.PeersServing));
        Assert.Equal([slow.Address.ToString()], wait.AskedOf);
        Assert.InRange(wait.BytesHere, 16 * 1024, 8 * 16 * 1024);
        swarm.Close();
    }

    [Fact]
    public void Nothing_waits_once_the_read_was_answered()
    {
        var swarm = new SimulatedSwarm(seed: 3);
        swarm.Join(new PeerBehaviour());
        swarm.Read(9);
        swarm.For(TimeSpan.FromSeconds(5));

        Assert.Empty(Report(swarm).Waits);
        Assert.Empty(swarm.Loop.Waits);
        swarm.Close();
    }

    [Fact]
    public void The_copies_of_each_piece_follow_the_peers_that_come_and_go()
    {
        var swarm = new SimulatedSwarm(seed: 4);
        swarm.Join(new PeerBehaviour());
        var other = swarm.Join(new PeerBehaviour { Pieces = [2, 3] });
        swarm.For(TimeSpan.FromSeconds(2));

        Assert.Equal(2, swarm.Parts.Copies.Fewest(new(2), new(3)));
        Assert.Equal(1, swarm.Parts.Copies.Fewest(new(1), new(3)));
        Assert.Equal([0, swarm.Layout.PieceCount - 2, 2], swarm.Parts.Copies.Histogram(3));

        other.Close("goes");
        swarm.For(TimeSpan.FromSeconds(2));

        Assert.Equal(1, swarm.Parts.Copies.Fewest(new(2), new(3)));
        swarm.Close();
    }

    [Fact]
    public void Whoever_asks_a_torrent_that_closes_is_told_so()
    {
        var swarm = new SimulatedSwarm(seed: 5);
        swarm.Close();
        var asked = new TorrentEvent.ReportAsked();
        swarm.Post(asked);

        Assert.IsType<ContentUnavailableException>(asked.Answer.Task.Exception?.InnerException);
    }

    private static SwarmReport Report(SimulatedSwarm swarm)
    {
        var asked = new TorrentEvent.ReportAsked();
        swarm.Post(asked);
        Assert.NotNull(swarm.Until(() => asked.Answer.Task.IsCompleted, TimeSpan.FromMilliseconds(10)));
        return asked.Answer.Task.Result;
    }
}
