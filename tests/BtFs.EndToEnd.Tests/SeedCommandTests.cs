using System.Diagnostics;
using System.Text;

namespace BtFs.EndToEnd;

/// <summary><c>btfs seed</c> shares a file or a folder with every client.</summary>
public sealed class SeedCommandTests : IDisposable
{
    private static readonly TimeSpan SaysWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(2);

    private readonly TemporaryFolder _folder = new();
    private readonly TorrentFixture _content;

    public SeedCommandTests()
    {
        _content = TorrentFixture.Make(
            _folder, "shared", 65_536, new FileShape("a.txt", 100), new FileShape("b/ü.bin", 3_000_001), new FileShape("b/empty", 0));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_it_prints_can_be_mounted()
    {
        await using var seed = await RunningCommand.StartAsync(_folder, ["seed", Path.Combine(_content.SaveFolder, "shared"), "--peer-hint", "127.0.0.1"]);
        await using var mount = await BtfsMount.StartAsync(_folder, await seed.MagnetAsync());

        await Same.ContentAsync(_content, mount);
        await mount.UnmountAsync();
        await seed.AssertEndsCleanlyAsync();
    }

    [Fact]
    public async Task Its_torrent_is_downloaded_whole_by_aria2()
    {
        await using var tracker = await OpenTracker.StartAsync(_folder, _content);
        var torrent = _folder.At("out.torrent");
        await using var seed = await RunningCommand.StartAsync(
            _folder, ["seed", Path.Combine(_content.SaveFolder, "shared"), "--tracker", tracker.HttpUrl, "--torrent-out", torrent]);
        await seed.MagnetAsync();
        var infoHash = (await seed.MagnetAsync()).Split("btih:")[1][..40];
        await tracker.AllowAsync(infoHash);

        var got = _folder.Sub("got");
        (await Command.RunAsync(
            "aria2c", "--no-conf", "--seed-time=0", "--enable-dht=false", "--bt-enable-lpd=false", "--interface=127.0.0.4", $"--dir={got}", torrent)).Ok();
        Assert.Equal(await Same.HashesAsync(Path.Combine(_content.SaveFolder, "shared")), await Same.HashesAsync(Path.Combine(got, "shared")));
        await seed.AssertEndsCleanlyAsync();
    }
}
