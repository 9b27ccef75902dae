namespace BtFs.EndToEnd;

/// <summary>Torrents whose files are on web servers (BEP 19).</summary>
public sealed class WebSeedTests : IDisposable
{
    private const int PieceLength = 65_536;
    private const int Length = (5 << 20) + 4_321;

    private static readonly TimeSpan BannedWithin = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_web_server_alone_serves_a_torrent_of_many_files(bool isNginx)
    {
        var torrent = Folder();
        await using var web = isNginx ? await WebSeedServer.StartNginxAsync(_folder, torrent) : await WebSeedServer.StartAsync("ranges", torrent);
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.WithWebSeeds(web.Url));

        await Same.ContentAsync(torrent, mount);
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task A_read_here_and_there_fetches_little_more_than_its_pieces()
    {
        var torrent = Film();
        await using var web = await WebSeedServer.StartAsync("ranges", torrent);
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.WithWebSeeds(web.Url));

        foreach (var piece in (int[])[70, 3, 40])
        {
            (await mount.ShellAsync($"dd if=film.bin iflag=direct bs=4k count=1 skip={piece * 16} status=none | cmp - '{torrent.Disk(0)}' -i 0:{piece * PieceLength} -n 4096")).Ok();
        }

        Assert.Equal(
            ((int[])[70, 3, 40]).Select(piece => $"/film.bin bytes={piece * PieceLength}-{((piece + 1) * PieceLength) - 1}"),
            web.Requests);
    }

    [Fact]
    public async Task Without_ranges_small_files_come_from_the_server_and_it_is_said_once_that_others_cannot()
    {
        var torrent = TorrentFixture.Make(
            _folder, "whole", PieceLength, new FileShape("a.bin", 2 << 20), new FileShape("b.bin", 2 << 20), new FileShape("small.txt", 300_000));
        await using var web = await WebSeedServer.StartAsync("whole", torrent);
        await using (var alone = await BtfsMount.StartAsync(_folder, torrent.WithWebSeeds(web.Url), "--read-timeout=1"))
        {
            (await alone.ShellAsync($"tail -c 100000 whole/small.txt | cmp - '{torrent.Disk(2)}' -i 0:200000")).Ok();
            Assert.NotEqual(0, (await alone.ShellAsync("dd if=whole/a.bin of=/dev/null bs=4k skip=300 count=1 status=none")).ExitCode);
            Assert.Single(alone.Log.Split('\n'), line => line.Contains("is of no use", StringComparison.Ordinal));
        }

        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.WithWebSeeds(web.Url), $"--peer={seed.Address}");
        await Same.ContentAsync(torrent, mount);
    }

    [Fact]
    public async Task One_that_lies_is_banned_and_the_bytes_of_another_are_right()
    {
        var torrent = Film();
        await using var liar = await WebSeedServer.StartAsync("lies", torrent);
        await using var honest = await WebSeedServer.StartAsync("ranges", torrent);
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.WithWebSeeds(liar.Url, honest.Url));

        await Same.ContentAsync(torrent, mount);
        await Eventually.TrueAsync("the liar is banned", BannedWithin, () => mount.Log.Contains($"Web seed {liar.Url.TrimEnd('/')} banned", StringComparison.Ordinal));
    }

    [Fact]
    public async Task From_one_that_lies_alone_no_byte_is_read()
    {
        var torrent = Film();
        await using var liar = await WebSeedServer.StartAsync("lies", torrent);
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.WithWebSeeds(liar.Url), "--read-timeout=2");

        var read = await Command.RunAsync("dd", $"if={mount.At("film.bin")}", "bs=64k", "count=1", "status=none");

        Assert.NotEqual(0, read.ExitCode);
        Assert.Empty(read.Output);
        Assert.Contains("Input/output error", read.Errors);
    }

    [Fact]
    public async Task Redirects_are_followed_and_remembered()
    {
        var torrent = Film();
        await using var mirror = await WebSeedServer.StartAsync("ranges", torrent);
        await using var web = await WebSeedServer.StartAsync("redirects", torrent, to: mirror);
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.WithWebSeeds(web.Url));

        await Same.ContentAsync(torrent, mount);

        // Those of the first moment, before any answer was there.
        Assert.InRange(web.Requests.Count, 1, 3);
    }

    [Fact]
    public async Task One_that_hangs_holds_nobody_up_where_there_is_a_peer()
    {
        var torrent = Film();
        await using var web = await WebSeedServer.StartAsync("hangs", torrent);
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.WithWebSeeds(web.Url), $"--peer={seed.Address}");

        var took = System.Diagnostics.Stopwatch.StartNew();
        await Same.ContentAsync(torrent, mount);
        Assert.InRange(took.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task A_peer_and_a_web_server_serve_together()
    {
        var torrent = TorrentFixture.MakeSingle(_folder, "film.bin", PieceLength, new FileShape("film.bin", 24 << 20));
        await using var web = await WebSeedServer.StartAsync("ranges", torrent);
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.WithWebSeeds(web.Url), $"--peer={seed.Address}");
        await Eventually.TrueAsync("the seed has a peer", BannedWithin, async () => (await seed.StatsAsync()).Peers > 0);

        await Same.ContentAsync(torrent, mount);
        Assert.NotEmpty(web.Requests);
        Assert.True((await seed.StatsAsync()).Payload > 0, "The peer gave nothing.");
    }

    [Fact]
    public async Task A_magnet_names_a_web_server_that_goes_on_when_the_peer_that_described_it_is_gone()
    {
        var torrent = Film();
        await using var web = await WebSeedServer.StartAsync("ranges", torrent);
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        await using var mount = await BtfsMount.StartAsync(_folder, $"{torrent.Magnet(seed.Address)}&ws={Uri.EscapeDataString(web.Url)}");
        await seed.DisposeAsync();

        await Same.ContentAsync(torrent, mount);
    }

    private TorrentFixture Film() => TorrentFixture.MakeSingle(_folder, "film.bin", PieceLength, new FileShape("film.bin", Length));

    private TorrentFixture Folder() => TorrentFixture.Make(
        _folder,
        "an album",
        PieceLength,
        new FileShape("cd 1/one & only.flac", 3_000_001),
        new FileShape("cd 1/100% #ü?.flac", 70_000),
        new FileShape("empty", 0),
        new FileShape("notes+more.txt", 17),
        new FileShape("cd 2/last.flac", 1_234_567));
}
