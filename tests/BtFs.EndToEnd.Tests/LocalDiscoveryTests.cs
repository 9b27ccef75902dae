namespace BtFs.EndToEnd;

/// <summary>Peers of one network that know nothing of each other, in networks of their own.</summary>
public sealed class LocalDiscoveryTests : IDisposable
{
    private static readonly string[] Nothing = ["--no-dht", "--no-port-mapping"];
    private static readonly TimeSpan SeedsWithin = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder = new();
    private readonly TorrentFixture _torrent;

    public LocalDiscoveryTests() => _torrent = TorrentFixture.Make(_folder, "show", 64 * 1024, new FileShape("one.bin", 1_500_000), new FileShape("two.bin", 70_000));

    private string Magnet => $"magnet:?xt=urn:btih:{_torrent.InfoHash}";

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("10.77.0.1/24", "10.77.0.2/24")]
    [InlineData("fd77::1/64 nodad", "fd77::2/64 nodad")]
    public async Task Two_mounts_find_each_other_by_their_announces_alone_and_read(string one, string other)
    {
        await using var here = await NetworkNamespace.MakeAsync();
        await using var there = await NetworkNamespace.MakeAsync();
        await here.ConnectAsync("cable", one, there, "cable", other);
        await using var owner = await BtfsMount.StartAsync(
            BtfsPlaces.In(_folder) with { Network = here }, _torrent.TorrentFile, [.. Nothing, $"--seed-from={_torrent.SaveFolder}"]);

        await using var mount = await BtfsMount.StartAsync(BtfsPlaces.In(_folder) with { Network = there }, Magnet, Nothing);

        await Same.ContentAsync(_torrent, mount);
        await mount.UnmountAsync();
        await owner.UnmountAsync();
    }

    [Fact]
    public async Task A_libtorrent_seed_is_found_by_its_announces()
    {
        await using var here = await NetworkNamespace.MakeAsync();
        await using var there = await NetworkNamespace.MakeAsync();
        await here.ConnectAsync("cable", "10.77.0.1/24", there, "cable", "10.77.0.2/24");
        await using var seed = here.Start(
            "/usr/bin/python3", Path.Combine(AppContext.BaseDirectory, "Peers", "local.py"), "10.77.0.1", _torrent.TorrentFile, _torrent.SaveFolder);
        await Eventually.TrueAsync("libtorrent seeds", SeedsWithin, () => seed.Log.Contains("seeding"));

        await using var mount = await BtfsMount.StartAsync(BtfsPlaces.In(_folder) with { Network = there }, Magnet, Nothing);

        await Same.ContentAsync(_torrent, mount);
    }
}
