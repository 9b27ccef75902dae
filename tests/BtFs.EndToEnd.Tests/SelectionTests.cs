namespace BtFs.EndToEnd;

/// <summary>A link that is about some files of its torrent only (BEP 53).</summary>
public sealed class SelectionTests : IDisposable
{
    private const int Piece = 64 * 1024;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_link_that_names_files_shows_these_alone_and_fetches_nothing_else_in_advance()
    {
        var torrent = TorrentFixture.Make(
            _folder, "series", Piece, new FileShape("one.bin", 10 * Piece), new FileShape("two.bin", 10 * Piece), new FileShape("three/four.bin", 10 * Piece));
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        await using var mount = await BtfsMount.StartAsync(_folder, $"{torrent.Magnet(seed.Address)}&so=1", "--prefetch=all");

        Assert.Equal(["two.bin"], Directory.EnumerateFileSystemEntries(mount.At("series")).Select(Path.GetFileName));
        await Eventually.TrueAsync("the file is here", TimeSpan.FromSeconds(10), async () => (await seed.StatsAsync()).Payload >= 10 * Piece);
        (await Command.RunAsync("cmp", mount.At("series/two.bin"), torrent.Disk(1))).Ok();
        Assert.Equal(Enumerable.Range(10, 10), (await seed.StatsAsync()).Blocks.Keys.Order());
        await mount.UnmountAsync();
    }
}
