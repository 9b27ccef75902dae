using System.Net;

namespace BtFs.EndToEnd;

/// <summary>Where TCP does not get through, uTP does (BEP 29).</summary>
public sealed class UtpTests : IDisposable
{
    private static readonly TimeSpan FetchedWithin = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder = new();
    private readonly TorrentFixture _torrent;

    public UtpTests()
    {
        _torrent = TorrentFixture.Make(_folder, "films", 262_144, new FileShape("film.mkv", 20_000_001), new FileShape("readme.txt", 500));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_libtorrent_seed_without_TCP_is_read_from()
    {
        await using var seed = await UtpSeedAsync();
        await seed.AddAsync(_torrent);
        await using var mount = await BtfsMount.StartAsync(_folder, _torrent.Magnet(seed.Address));

        await Same.ContentAsync(_torrent, mount);
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task A_libtorrent_peer_without_TCP_fetches_from_us()
    {
        var port = FreePort.On(IPAddress.Any);
        await using var seed = await BtfsSeed.StartAsync(BtfsPlaces.In(_folder), Path.Combine(_torrent.SaveFolder, "films"), "--port", $"{port}", "--torrent-out", _folder.At("out.torrent"));
        await using var peer = await UtpSeedAsync();
        var got = _folder.Sub("got");
        await peer.FetchAsync(_folder.At("out.torrent"), got, new IPEndPoint(IPAddress.Loopback, port));

        await Eventually.TrueAsync("libtorrent has it all", FetchedWithin, async () => (await peer.StatsAsync()).IsSeed);
        Assert.Equal(await Same.HashesAsync(Path.Combine(_torrent.SaveFolder, "films")), await Same.HashesAsync(Path.Combine(got, "films")));
        await seed.EndAsync();
    }

    [Fact]
    public async Task Two_of_us_talk_without_TCP()
    {
        await using var seed = await BtfsSeed.StartAsync(
            BtfsPlaces.In(_folder), Path.Combine(_torrent.SaveFolder, "films"), "--utp-only", "--peer-hint", "127.0.0.1", "--port", $"{FreePort.On(IPAddress.Any)}");
        await using var mount = await BtfsMount.StartAsync(_folder, seed.Magnet, "--utp-only");

        await Same.ContentAsync(_torrent, mount);
        await mount.UnmountAsync();
        await seed.EndAsync();
    }

    [Fact]
    public async Task Transmission_is_read_from_by_uTP_alone()
    {
        await using var seed = await TransmissionSeed.StartAsync(_folder, _torrent, _torrent.TorrentFile, speaksUtp: true);
        await using var mount = await BtfsMount.StartAsync(_folder, _torrent.Magnet(seed.Address), "--utp-only");

        await Same.ContentAsync(_torrent, mount);
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task Without_uTP_a_peer_that_has_no_TCP_is_not_reached()
    {
        await using var seed = await UtpSeedAsync();
        await seed.AddAsync(_torrent);

        var refused = await BtfsPlaces.In(_folder).Command("--no-utp", "--metadata-timeout=2", _torrent.Magnet(seed.Address), _folder.Sub("mnt")).RunAsync();

        Assert.Equal(5, refused.ExitCode);
        Assert.Equal(0, (await seed.StatsAsync()).Peers);
    }

    private static Task<LibtorrentSeed> UtpSeedAsync()
    {
        var ip = IPAddress.Parse("127.0.0.2");
        return LibtorrentSeed.StartUtpAsync(new IPEndPoint(ip, FreePort.On(ip)));
    }
}
