namespace BtFs.EndToEnd;

public sealed class ContentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_file_of_a_torrent_reads_as_the_seed_has_it()
    {
        var torrent = TorrentFixture.Make(
            _folder, "mixed", 32768,
            new FileShape("one byte", 1),
            new FileShape("empty", 0),
            new FileShape("a/b/c/deep.bin", 1_000_003),
            new FileShape("a/shares a piece", 777),
            new FileShape("a/next.bin", 65_536),
            new FileShape("ünïcödé ✓/日本語.txt", 40_001));
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.Magnet(seed.Address));

        await Same.ContentAsync(torrent, mount);
    }
}
