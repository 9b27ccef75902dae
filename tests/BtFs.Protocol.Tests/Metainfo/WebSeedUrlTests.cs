using BtFs.Protocol.Metainfo;

namespace BtFs.Protocol.Tests.Metainfo;

public class WebSeedUrlTests
{
    [Theory]
    [InlineData("http://h/x.iso", "http://h/x.iso")]
    [InlineData("http://h/pub/", "http://h/pub/film%20%C3%BC.iso")]
    [InlineData("http://h", "http://h/film%20%C3%BC.iso")]
    [InlineData("https://h:8443/a%20b/", "https://h:8443/a%20b/film%20%C3%BC.iso")]
    [InlineData("http://h/a b.iso", "http://h/a%20b.iso")]
    [InlineData("http://h/get?id=5", "http://h/get?id=5")]
    [InlineData("http://h/get?name=/", "http://h/get?name=/film%20%C3%BC.iso")]
    [InlineData("http://h/x.iso#top", "http://h/x.iso")]
    public void A_lone_file_is_the_URL_itself_unless_that_ends_with_a_slash(string root, string url) =>
        Assert.Equal(url, WebSeedUrl.Of(new Uri(root), Torrent("film ü.iso", isSingleFile: true, "film ü.iso"), 0)?.AbsoluteUri);

    [Theory]
    [InlineData("http://h/pub/", "http://h/pub/album/cd%201/a%2Bb%26c.flac")]
    [InlineData("http://h/pub", "http://h/pub/album/cd%201/a%2Bb%26c.flac")]
    [InlineData("http://h/pub/#x", "http://h/pub/album/cd%201/a%2Bb%26c.flac")]
    public void Several_files_are_a_folder_below_the_URL(string root, string url) =>
        Assert.Equal(url, WebSeedUrl.Of(new Uri(root), Torrent("album", isSingleFile: false, "cd 1/a+b&c.flac"), 0)?.AbsoluteUri);

    [Theory]
    [InlineData("a%2e", "http://h/album/a%252e")]
    [InlineData("...", "http://h/album/...")]
    [InlineData("a#b?c;d", "http://h/album/a%23b%3Fc%3Bd")]
    [InlineData("ab~c-d_e.f", "http://h/album/ab~c-d_e.f")]
    public void Whatever_a_name_holds_is_data(string name, string url) =>
        Assert.Equal(url, WebSeedUrl.Of(new Uri("http://h/"), Torrent("album", isSingleFile: false, name), 0)?.AbsoluteUri);

    [Fact]
    public void A_slash_or_a_byte_that_is_no_text_in_a_name_is_escaped() =>
        Assert.Equal("http://h/album/%2F..%2F%FF", WebSeedUrl.Of(new Uri("http://h/"), Folder("album", [(byte)'/', (byte)'.', (byte)'.', (byte)'/', 0xff]), 0)?.AbsoluteUri);

    [Theory]
    [InlineData("album", "..")]
    [InlineData("album", ".")]
    [InlineData("..", "a")]
    public void No_name_leads_out_of_the_folder(string torrent, string file) =>
        Assert.Null(WebSeedUrl.Of(new Uri("http://h/pub/"), Torrent(torrent, isSingleFile: false, file), 0));

    private static InfoDictionary Torrent(string name, bool isSingleFile, string path) => Parse(name, isSingleFile, TorrentFile.At(path, 5));

    private static InfoDictionary Folder(string name, byte[] file) => Parse(name, isSingleFile: false, new TorrentFile { Path = [file], Length = 5 });

    private static InfoDictionary Parse(string name, bool isSingleFile, TorrentFile file) => InfoDictionary.Parse(TorrentWriter.WriteInfo(new TorrentDraft
    {
        Name = name,
        PieceLength = 16 * 1024,
        Files = [file],
        PieceHashes = new byte[InfoHash.Size],
        IsSingleFile = isSingleFile,
    }));
}
