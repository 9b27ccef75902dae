namespace BtFs.EndToEnd;

/// <summary>The clients that swarms are made of, each way to find them, and each way to name a torrent.</summary>
public sealed class SwarmTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("libtorrent", "http", "file")]
    [InlineData("libtorrent", "http", "magnet")]
    [InlineData("libtorrent", "http", "URL")]
    [InlineData("libtorrent", "udp", "file")]
    [InlineData("libtorrent", "udp", "magnet")]
    [InlineData("libtorrent", "udp", "URL")]
    [InlineData("transmission", "http", "file")]
    [InlineData("transmission", "udp", "magnet")]
    [InlineData("aria2", "http", "magnet")]
    [InlineData("aria2", "http", "URL")]
    [InlineData("aria2", "udp", "file")]
    public async Task A_client_found_through_a_tracker_serves_the_right_bytes(string client, string tracker, string source)
    {
        await using var swarm = await TrackedSwarm.StartAsync(_folder, client);
        await swarm.Tracker.KnowsSeedAsync(swarm.Torrent.InfoHash);
        var url = tracker == "http" ? swarm.Tracker.HttpUrl : swarm.Tracker.UdpUrl;
        var file = swarm.Torrent.WithTracker(url);
        await using var web = new WebServer(await File.ReadAllBytesAsync(file));

        await AssertReadsAsync(swarm.Torrent, source switch
        {
            "file" => file,
            "magnet" => swarm.Torrent.MagnetByTracker(url),
            _ => web.UrlOf("a.torrent"),
        });
    }

    [Theory]
    [InlineData("libtorrent")]
    [InlineData("transmission")]
    [InlineData("aria2")]
    public async Task A_client_named_in_the_magnet_serves_the_right_bytes(string client)
    {
        await using var swarm = await TrackedSwarm.StartAsync(_folder, client);

        await AssertReadsAsync(swarm.Torrent, swarm.Torrent.Magnet(swarm.SeedAddress));
    }

    private async Task AssertReadsAsync(TorrentFixture torrent, string source)
    {
        await using var mount = await BtfsMount.StartAsync(_folder, source);
        await Same.ContentAsync(torrent, mount);
        await mount.UnmountAsync();
    }
}
