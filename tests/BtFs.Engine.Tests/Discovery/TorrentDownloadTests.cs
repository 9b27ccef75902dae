using BtFs.Engine.Discovery;

namespace BtFs.Engine.Tests.Discovery;

public sealed class TorrentDownloadTests
{
    private static readonly byte[] Redirect = RawHttpServer.Text("HTTP/1.1 301 Moved\nLocation: /b.torrent\nContent-Length: 0\n\n");

    [Fact]
    public async Task A_torrent_is_fetched_through_five_redirects_and_not_through_six()
    {
        await using var five = RawHttpServer.Answering(Redirect, Redirect, Redirect, Redirect, Redirect, RawHttpServer.Ok("d1:a1:be"u8));
        await using var six = RawHttpServer.Answering(Redirect);

        Assert.Equal("d1:a1:be"u8.ToArray(), (await GetAsync(five.Url("/a.torrent"))).ToArray());
        Assert.Contains("more than 5 times", await FailAsync(six.Url("/a.torrent")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_told_with_url_and_status_but_without_the_passkey()
    {
        await using var server = RawHttpServer.Answering(RawHttpServer.Text("HTTP/1.1 404 Not Found\nContent-Length: 0\n\n"));

        Assert.Equal($"http://127.0.0.1:{server.Port}/a.torrent: the server answered 404 Not Found", await FailAsync(server.Url("/a.torrent?passkey=x")));
    }

    [Fact]
    public async Task A_torrent_of_10_MiB_is_fetched_and_a_longer_one_is_not()
    {
        await using var server = RawHttpServer.Answering(RawHttpServer.Ok(new byte[10 << 20]), RawHttpServer.Ok(new byte[(10 << 20) + 1]));

        Assert.Equal(10 << 20, (await GetAsync(server.Url("/a.torrent"))).Length);
        Assert.Contains("longer than 10485760 bytes", await FailAsync(server.Url("/a.torrent")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_web_addresses_are_fetched()
    {
        Assert.Equal("ftp://x/a.torrent: not a web address", await FailAsync(new Uri("ftp://x/a.torrent")));
    }

    private static Task<ReadOnlyMemory<byte>> GetAsync(Uri url) => TorrentDownload.GetAsync(url, new NetworkOptions(), TimeProvider.System, CancellationToken.None);

    private static async Task<string> FailAsync(Uri url) => (await Assert.ThrowsAsync<TorrentDownloadException>(() => GetAsync(url))).Message;
}
