using System.Text;
using BtFs.Protocol.Metainfo;
using BtFs.Protocol.Tests.Peer;
using BtFs.Protocol.Trackers;

namespace BtFs.Protocol.Tests.Trackers;

public sealed class HttpScrapeTests
{
    private static readonly InfoHash Torrent = new("aaaaaaaaaaaaaaaaaaa/"u8);

    [Theory]
    [InlineData("http://t.example/announce", "http://t.example/scrape?info_hash=aaaaaaaaaaaaaaaaaaa%2F")]
    [InlineData("http://t.example/x/announce.php?k=1", "http://t.example/x/scrape.php?k=1&info_hash=aaaaaaaaaaaaaaaaaaa%2F")]
    [InlineData("http://announce.example/announce/announce", "http://announce.example/announce/scrape?info_hash=aaaaaaaaaaaaaaaaaaa%2F")]
    public void The_scrape_url_is_made_from_the_announce_url(string announce, string scrape)
    {
        Assert.True(HttpScrape.TryUrl(new Uri(announce), [Torrent], out var url));
        Assert.Equal(scrape, url.AbsoluteUri);
    }

    [Theory]
    [InlineData("http://t.example/")]
    [InlineData("http://t.example/a")]
    [InlineData("http://t.example/announce/x")]
    public void A_tracker_without_announce_in_its_path_has_no_scrape(string announce)
    {
        Assert.False(HttpScrape.TryUrl(new Uri(announce), [Torrent], out _));
    }

    [Fact]
    public void Counts_are_read_for_each_torrent()
    {
        var counts = HttpScrape.Read("d5:filesd20:aaaaaaaaaaaaaaaaaaa/d8:completei5e10:downloadedi50e10:incompletei10ee3:badi1eee"u8.ToArray());

        Assert.Equal(new ScrapeCounts(5, 50, 10), Assert.Single(counts).Value);
        Assert.Equal(Torrent, counts.Keys.Single());
    }

    [Theory]
    [InlineData("de")]
    [InlineData("x")]
    [InlineData("d14:failure reason2:noe")]
    public void What_is_no_scrape_reply_is_refused(string body)
    {
        Assert.ThrowsAny<TrackerException>(() => HttpScrape.Read(Encoding.ASCII.GetBytes(body)));
    }

    [Fact]
    public void A_damaged_reply_is_read_or_refused_and_nothing_else()
    {
        var good = "d5:filesd20:aaaaaaaaaaaaaaaaaaa/d8:completei5e10:downloadedi50e10:incompletei10eeee"u8.ToArray();
        for (var seed = 0; seed < 20_000; seed++)
        {
            try
            {
                HttpScrape.Read(Mutation.Of(good, seed));
            }
            catch (TrackerException)
            {
                // What a tracker's fault is called.
            }
        }
    }
}
