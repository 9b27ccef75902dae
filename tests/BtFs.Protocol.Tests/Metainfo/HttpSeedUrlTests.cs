using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.Tests.Metainfo;

public class HttpSeedUrlTests
{
    // The infohash of the example in BEP 17.
    private static readonly InfoHash Torrent = new(Convert.FromHexString("9CD9698AF555751A9186AE066C57EA21572335E0"));

    [Theory]
    [InlineData("http://www.whatever.com/seed.php", "http://www.whatever.com/seed.php?")]
    [InlineData("http://www.whatever.com/seed.php?key=5", "http://www.whatever.com/seed.php?key=5&")]
    [InlineData("http://www.whatever.com/seed.php#top", "http://www.whatever.com/seed.php?")]
    public void A_part_of_a_piece_is_a_query(string root, string start) => Assert.Equal(
        $"{start}info_hash=%9C%D9i%8A%F5Uu%1A%91%86%AE%06lW%EA%21W%235%E0&piece=8&ranges=49152-131071",
        HttpSeedUrl.Of(new Uri(root), Torrent, piece: 8, offset: 49152, length: 81920).AbsoluteUri);
}
