using BtFs.Engine.Peers;

namespace BtFs.Engine.Tests.Peers;

public class ConnectionShareTests
{
    private const int Most = 400;

    [Fact]
    public void A_torrent_alone_may_have_every_connection_whether_it_is_read_or_not()
    {
        var share = new ConnectionShares(Most).Join();

        Assert.Equal(80, share.RoomToDial(80));
        Assert.Equal(Most, Take(share, 1000));
        Assert.Equal(0, share.Excess);
    }

    [Fact]
    public void Of_200_torrents_those_that_nobody_reads_call_nobody_and_may_be_called()
    {
        var shares = new ConnectionShares(Most);
        var torrents = Enumerable.Range(0, 200).Select(_ => shares.Join()).ToList();

        Assert.All(torrents, torrent => Assert.Equal(0, torrent.RoomToDial(50)));
        Assert.All(torrents, torrent => Assert.True(torrent.TryTake()));
    }

    [Fact]
    public void A_few_torrents_keep_some_connections_each_though_nobody_reads_them()
    {
        var shares = new ConnectionShares(Most);
        var torrents = Enumerable.Range(0, 10).Select(_ => shares.Join()).ToList();

        Assert.All(torrents, torrent => Assert.Equal(20, torrent.RoomToDial(80)));
    }

    [Fact]
    public void A_torrent_of_which_nothing_is_known_yet_may_ask_a_few_peers_however_many_there_are()
    {
        var shares = new ConnectionShares(Most);
        var torrents = Enumerable.Range(0, 1000).Select(_ => shares.Join()).ToList();
        torrents[0].IsResolving = true;

        Assert.Equal(4, torrents[0].RoomToDial(80));
    }

    [Fact]
    public void However_many_want_them_there_are_never_more_connections_than_allowed_and_each_reader_comes_to_its_part()
    {
        var shares = new ConnectionShares(Most);
        var torrents = Enumerable.Range(0, 200).Select(_ => shares.Join()).ToList();
        torrents.ForEach(torrent => Take(torrent, 80));
        Assert.True(shares.Used < Most);

        // Ten are read, and find what the others have left; those give theirs up, a few at a time, because the ten ask.
        var read = torrents.Take(10).ToList();
        read.ForEach(torrent => torrent.IsBusy = true);
        for (var round = 0; round < 100; round++)
        {
            foreach (var torrent in torrents)
            {
                GiveUp(torrent, Math.Min(8, torrent.Excess));
                Take(torrent, torrent.RoomToDial(torrent.IsBusy ? 80 - torrent.Used : 80));
                Assert.InRange(shares.Used, 0, Most);
            }
        }

        Assert.All(read, torrent => Assert.InRange(torrent.Used, Most / 10 * 9 / 10, 80));
    }

    [Fact]
    public void Who_has_no_use_for_more_connections_takes_them_from_nobody()
    {
        var shares = new ConnectionShares(Most);
        var large = shares.Join();
        var small = shares.Join();
        large.IsBusy = small.IsBusy = true;
        Take(large, Most);

        Assert.Equal(0, small.RoomToDial(0));
        Assert.Equal(0, large.Excess);

        Assert.Equal(0, small.RoomToDial(1));
        Assert.Equal(Most / 2, large.Excess);
    }

    [Fact]
    public void What_a_torrent_had_is_the_others_when_it_is_gone()
    {
        var shares = new ConnectionShares(Most);
        var stays = shares.Join();
        var goes = shares.Join();
        goes.IsBusy = true;
        var had = Take(goes, 100);
        goes.Leave();
        GiveUp(goes, had);

        Assert.Equal(Most, Take(stays, Most));
    }

    private static int Take(ConnectionShare share, int count)
    {
        var taken = 0;
        while (taken < count && share.TryTake())
        {
            taken++;
        }

        return taken;
    }

    private static void GiveUp(ConnectionShare share, int count)
    {
        for (var i = 0; i < count; i++)
        {
            share.GiveBack();
        }
    }
}
