using BtFs.Engine.Layout;
using BtFs.Testing.Swarms;

namespace BtFs.Engine.Tests.Torrents;

/// <summary>What is fetched that no reader asked for.</summary>
public class PrefetchTests
{
    private static readonly SwarmShape Two = new() { PieceLength = 64 * 1024, FileLengths = [4 << 20, 4 << 20], KeepsBytes = false };

    [Fact]
    public void By_default_nothing_is_fetched_that_nobody_reads()
    {
        var swarm = Joined(Two);
        swarm.For(TimeSpan.FromSeconds(10));

        Assert.Equal(0, swarm.Parts.Pieces.HaveCount);
        swarm.Close();
    }

    [Fact]
    public void All_of_the_torrent_is_fetched_when_that_is_wanted()
    {
        var swarm = Joined(Two with { Prefetch = PrefetchPolicy.All });

        Assert.NotNull(swarm.Until(() => swarm.Parts.Pieces.IsComplete, TimeSpan.FromMinutes(1)));
        swarm.Close();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 7)]
    public void All_means_the_chosen_files_where_some_were_chosen(int first, int last)
    {
        var swarm = Joined(Two with { Prefetch = PrefetchPolicy.All, Selected = [new(first, last), new(100, 200)] });

        Assert.NotNull(swarm.Until(() => swarm.Parts.Pieces.BytesPresentIn(new FileIndex(1)) == 4 << 20, TimeSpan.FromMinutes(1)));
        swarm.For(TimeSpan.FromSeconds(5));
        Assert.Equal(0, swarm.Parts.Pieces.BytesPresentIn(new FileIndex(0)));

        // Who reads another one all the same is served.
        var wish = swarm.Read(0);
        Assert.NotNull(swarm.Until(() => wish.Granted.IsCompletedSuccessfully, TimeSpan.FromMinutes(1)));
        swarm.Close();
    }

    [Fact]
    public void A_file_that_was_read_from_is_completed_and_no_other()
    {
        var swarm = Joined(Two with { Prefetch = PrefetchPolicy.File });
        swarm.For(TimeSpan.FromSeconds(5));
        Assert.Equal(0, swarm.Parts.Pieces.HaveCount);

        using (var reader = swarm.Open(1))
        {
            using var into = new ContentSegments();
            reader.TryRead(1 << 20, 1000, into);
        }

        Assert.NotNull(swarm.Until(() => swarm.Parts.Pieces.BytesPresentIn(new FileIndex(1)) == 4 << 20, TimeSpan.FromMinutes(1)));
        swarm.For(TimeSpan.FromSeconds(5));
        Assert.Equal(0, swarm.Parts.Pieces.BytesPresentIn(new FileIndex(0)));
        swarm.Close();
    }

    [Fact]
    public void The_pieces_that_fewest_peers_have_are_fetched_first()
    {
        var shape = Two with { Prefetch = PrefetchPolicy.All };
        var swarm = new SimulatedSwarm(shape);
        var count = swarm.Layout.PieceCount;
        int[] rare = [.. Enumerable.Range(0, count).Where(piece => piece % 16 == 3)];
        for (var i = 0; i < 5; i++)
        {
            swarm.Join(new PeerBehaviour { Pieces = i == 0 ? [.. Enumerable.Range(0, count)] : [.. Enumerable.Range(0, count).Except(rare)] });
        }

        var firstHalf = swarm.Until(() => swarm.Parts.Pieces.HaveCount >= count / 2, TimeSpan.FromMinutes(1));
        Assert.NotNull(firstHalf);
        Assert.All(rare, piece => Assert.True(swarm.Parts.Pieces.Has(new PieceIndex(piece)), $"Piece {piece} is rare and did not come first."));
        swarm.Close();
    }

    [Fact]
    public void A_reader_does_not_wait_for_what_nobody_reads()
    {
        var shape = Two with { PieceLength = 256 * 1024, FileLengths = [256 << 20], Prefetch = PrefetchPolicy.All };
        var swarm = Joined(shape);
        swarm.For(TimeSpan.FromSeconds(5));
        var wish = swarm.Read(Enumerable.Range(0, swarm.Layout.PieceCount).Last(piece => !swarm.Parts.Pieces.Has(new PieceIndex(piece))));

        // Five peers of 500 kB/s: 0.1 s for the piece, 0.05 s of distance, and what was queued.
        var took = swarm.Until(() => wish.Granted.IsCompletedSuccessfully, TimeSpan.FromMinutes(1));
        Assert.InRange(took!.Value.TotalSeconds, 0.1, 0.45);
        swarm.Close();
    }

    [Fact]
    public void Nothing_that_is_here_has_to_go_for_what_nobody_reads()
    {
        var swarm = new SimulatedSwarm(Two with { Prefetch = PrefetchPolicy.All });
        swarm.Store.Room = 2 << 20;
        for (var i = 0; i < 5; i++)
        {
            swarm.Join(new PeerBehaviour());
        }

        swarm.Until(() => swarm.Parts.Pieces.BytesPresent >= 2 << 20, TimeSpan.FromMinutes(1));
        swarm.Store.Room = 0;
        swarm.For(TimeSpan.FromSeconds(30));
        Assert.InRange(swarm.Parts.Pieces.BytesPresent, 2 << 20, (4 << 20) + (64 * 1024));
        swarm.Close();
    }

    [Theory]
    [InlineData(PrefetchPolicy.All)]
    [InlineData(PrefetchPolicy.File)]
    public void What_made_way_once_is_fetched_again_for_a_reader_and_for_nobody_else(PrefetchPolicy policy)
    {
        var swarm = Joined(Two with { FileLengths = [4 << 20], Prefetch = policy });
        using (var reader = swarm.Open(0))
        {
            using var into = new ContentSegments();
            reader.TryRead(0, 1000, into);
        }

        Assert.NotNull(swarm.Until(() => swarm.Parts.Pieces.IsComplete, TimeSpan.FromMinutes(1)));
        swarm.Store.Evict(new PieceIndex(7));
        swarm.Store.Evict(new PieceIndex(30));
        swarm.For(TimeSpan.FromSeconds(30));
        Assert.False(swarm.Parts.Pieces.Has(new PieceIndex(7)) || swarm.Parts.Pieces.Has(new PieceIndex(30)));

        var wish = swarm.Read(7);
        Assert.NotNull(swarm.Until(() => wish.Granted.IsCompletedSuccessfully, TimeSpan.FromMinutes(1)));
        Assert.False(swarm.Parts.Pieces.Has(new PieceIndex(30)));
        swarm.Close();
    }

    private static SimulatedSwarm Joined(SwarmShape shape)
    {
        var swarm = new SimulatedSwarm(shape);
        for (var i = 0; i < 5; i++)
        {
            swarm.Join(new PeerBehaviour());
        }

        return swarm;
    }
}
