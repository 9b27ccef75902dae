using BtFs.Engine.Reports;
using BtFs.Engine.Tests.Storage;
using BtFs.Testing.Swarms;

namespace BtFs.Engine.Tests.Reports;

public class StallTests
{
    private readonly RecordedLog _log = new();

    private IEnumerable<string> Stalls => _log.Lines.Where(line => line.Contains("piece", StringComparison.Ordinal));

    [Fact]
    public void A_read_of_a_piece_that_nobody_has_is_told_of_once_after_three_seconds()
    {
        var swarm = NewSwarm();
        swarm.Join(new PeerBehaviour { Pieces = [0, 1] });
        swarm.Join(new PeerBehaviour { Pieces = [1] });
        swarm.Read(7);

        swarm.For(TimeSpan.FromSeconds(2.9));
        Assert.Empty(Stalls);
        swarm.For(TimeSpan.FromSeconds(30));

        Assert.Equal(["piece 7 of simulated: 0 of 2 peers have it"], Stalls);
        swarm.Close();
    }

    [Fact]
    public void When_the_piece_comes_after_all_one_line_says_how_long_it_took()
    {
        var swarm = NewSwarm();
        swarm.Join(new PeerBehaviour { Pieces = [0] });
        var read = swarm.Read(7);
        swarm.For(TimeSpan.FromSeconds(12));
        swarm.Join(new PeerBehaviour());

        Assert.NotNull(swarm.Until(() => read.Granted.IsCompletedSuccessfully, TimeSpan.FromSeconds(3)));
        swarm.For(TimeSpan.FromSeconds(2));

        Assert.Equal(["piece 7 of simulated: 0 of 1 peer has it", "piece 7 of simulated came after 13 s"], Stalls);
        swarm.Close();
    }

    [Fact]
    public void A_slow_piece_is_told_of_with_who_was_asked_and_how_much_is_here()
    {
        var swarm = NewSwarm();
        swarm.Join(new PeerBehaviour { Rate = 20_000 });
        swarm.Read(3);
        swarm.For(TimeSpan.FromSeconds(4));

        var line = Assert.Single(Stalls);
        Assert.Matches("^piece 3 of simulated: 1 of 1 peer has it, asked of 1, [0-9]+ % here$", line);
        swarm.Close();
    }

    [Fact]
    public void Without_any_peer_the_line_says_what_became_of_looking_for_them()
    {
        var swarm = NewSwarm();
        swarm.Sources = new PeerSources([Tracker("No answer within 15 s.")], DhtNodes: 0);
        swarm.Read(3);
        swarm.For(TimeSpan.FromSeconds(4));

        Assert.Equal(["piece 3 of simulated: no peer is connected (trackers: No answer within 15 s; DHT: 0 nodes)"], Stalls);
        swarm.Close();
    }

    [Fact]
    public void Peers_that_have_the_piece_and_choke_us_are_told_of_as_such()
    {
        var swarm = NewSwarm();
        swarm.Connect(new PeerBehaviour()).Say(new BtFs.Protocol.Peer.PeerMessage.HaveAll());
        swarm.Read(3);
        swarm.For(TimeSpan.FromSeconds(4));

        Assert.Equal(["piece 3 of simulated: 1 of 1 peer has it, none of them serves us"], Stalls);
        swarm.Close();
    }

    [Fact]
    public void Many_stalls_in_a_row_are_told_of_once_a_minute()
    {
        var swarm = NewSwarm();
        swarm.Join(new PeerBehaviour { Pieces = [0] });
        for (var round = 0; round < 20; round++)
        {
            var wish = swarm.Read(5);
            swarm.For(TimeSpan.FromSeconds(5));
            swarm.Post(new BtFs.Engine.Torrents.TorrentEvent.ReadLeft(wish));
            swarm.For(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(2, Stalls.Count(line => line.EndsWith("peer has it", StringComparison.Ordinal)));
        Assert.Equal(2, Stalls.Count(line => line.Contains("nobody waits for it any more", StringComparison.Ordinal)));
        swarm.Close();
    }

    [Fact]
    public void A_read_that_is_answered_in_time_leaves_no_word()
    {
        var swarm = NewSwarm();
        swarm.Join(new PeerBehaviour());
        var read = swarm.Read(2);
        swarm.For(TimeSpan.FromSeconds(10));

        Assert.True(read.Granted.IsCompletedSuccessfully);
        Assert.Empty(Stalls);
        swarm.Close();
    }

    private static TrackerReport Tracker(string error) => new()
    {
        Name = "udp://tracker.example:6969",
        State = TrackerState.Fails,
        Peers = 0,
        Seeders = null,
        Leechers = null,
        AskedAgo = TimeSpan.FromSeconds(3),
        NextIn = TimeSpan.FromSeconds(5),
        Error = error,
    };

    private SimulatedSwarm NewSwarm() => new(new SwarmShape { Log = _log });
}
