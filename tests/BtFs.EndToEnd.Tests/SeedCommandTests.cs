using System.Net;

namespace BtFs.EndToEnd;

/// <summary><c>btfs seed</c> shares a file or a folder with every client.</summary>
public sealed class SeedCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly BtfsPlaces _places;
    private readonly TorrentFixture _content;

    public SeedCommandTests()
    {
        _places = BtfsPlaces.In(_folder);
        _content = TorrentFixture.Make(
            _folder, "shared", 65_536, new FileShape("a.txt", 100), new FileShape("b/ü.bin", 3_000_001), new FileShape("b/empty", 0));
    }

    private string Shared => Path.Combine(_content.SaveFolder, "shared");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_magnet_it_prints_can_be_mounted()
    {
        await using var seed = await BtfsSeed.StartAsync(_places, Shared, "--peer-hint", "127.0.0.1");
        await using var mount = await BtfsMount.StartAsync(_folder, seed.Magnet);

        await Same.ContentAsync(_content, mount);
        await mount.UnmountAsync();
        await seed.EndAsync();
    }

    [Fact]
    public async Task Through_a_proxy_it_calls_whom_the_tracker_names()
    {
        string infoHash;
        await using (var first = await BtfsSeed.StartAsync(_places, Shared))
        {
            infoHash = first.Magnet.Split("btih:")[1][..40];
        }

        await using var tracker = await OpenTracker.StartAsync(_folder, infoHash);
        await using var proxy = new Socks5Server(IPAddress.Loopback);
        var mounting = BtfsMount.StartAsync(
            _folder, $"magnet:?xt=urn:btih:{infoHash}&tr={Uri.EscapeDataString(tracker.HttpUrl)}", "--no-dht", "--no-lsd");
        await tracker.KnowsLeecherAsync(infoHash);
        await using var seed = await BtfsSeed.StartAsync(_places, Shared, "--tracker", tracker.HttpUrl, "--proxy", $"socks5://{proxy.Address}");
        await using var mount = await mounting;

        await Same.ContentAsync(_content, mount);
        Assert.Contains(new Uri(tracker.HttpUrl).Authority, proxy.Targets);
        Assert.Contains(proxy.Targets, target => target != new Uri(tracker.HttpUrl).Authority);
        await mount.UnmountAsync();
        await seed.EndAsync();
    }

    [Fact]
    public async Task Aria2_finds_it_through_a_tracker_and_downloads_all_of_it()
    {
        string infoHash;
        await using (var first = await BtfsSeed.StartAsync(_places, Shared))
        {
            infoHash = first.Magnet.Split("btih:")[1][..40];
        }

        await using var tracker = await OpenTracker.StartAsync(_folder, infoHash);
        var torrent = _folder.At("out.torrent");
        await using var seed = await BtfsSeed.StartAsync(_places, Shared, "--tracker", tracker.HttpUrl, "--torrent-out", torrent);
        await tracker.KnowsSeedAsync(infoHash);

        var got = _folder.Sub("got");
        (await Command.RunAsync(
            "aria2c", "--no-conf", "--seed-time=0", "--enable-dht=false", "--enable-dht6=false", "--disable-ipv6=true", "--bt-enable-lpd=false",
            "--interface=127.0.0.4", $"--dir={got}", torrent)).Ok();
        Assert.Equal(await Same.HashesAsync(Shared), await Same.HashesAsync(Path.Combine(got, "shared")));
        await seed.EndAsync();
    }
}
