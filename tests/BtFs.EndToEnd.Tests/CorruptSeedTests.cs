namespace BtFs.EndToEnd;

/// <summary>Seeds that send wrong bytes are found out.</summary>
public sealed class CorruptSeedTests : IDisposable
{
    private const int PieceLength = 65_536;
    private const int PieceCount = 128;
    private const int BlockLength = 16_384;

    private static readonly TimeSpan BannedWithin = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task One_honest_seed_among_corrupt_ones_is_enough(int corruptCount)
    {
        var torrent = TorrentFixture.MakeSingle(_folder, "film.bin", PieceLength, new FileShape("film.bin", PieceCount * PieceLength));
        var corrupt = new List<LibtorrentSeed>();
        try
        {
            for (var number = 0; number < corruptCount; number++)
            {
                var seed = await LibtorrentSeed.StartAsync(host: 10 + number, trustsDisk: true);
                corrupt.Add(seed);
                await seed.AddAsync(torrent, folder: CorruptCopy(torrent, number));
            }

            await using var honest = await LibtorrentSeed.StartAsync(torrent);
            await using var mount = await BtfsMount.StartAsync(
                _folder, torrent.Magnet(corrupt.Select(seed => seed.Address).Append(honest.Address)));

            await Same.ContentAsync(torrent, mount);
            foreach (var seed in corrupt)
            {
                await Eventually.TrueAsync($"{seed.Address} has been banned", BannedWithin, async () => (await seed.StatsAsync()).Peers == 0);
            }
        }
        finally
        {
            foreach (var seed in corrupt)
            {
                await seed.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task From_corrupt_seeds_alone_no_byte_is_read()
    {
        var torrent = TorrentFixture.MakeSingle(_folder, "film.bin", PieceLength, new FileShape("film.bin", PieceCount * PieceLength));
        await using var corrupt = await LibtorrentSeed.StartAsync(host: 10, trustsDisk: true);
        await corrupt.AddAsync(torrent, folder: CorruptCopy(torrent, number: 0));
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.Magnet(corrupt.Address), "--read-timeout=2");

        var read = await Command.RunAsync("dd", $"if={mount.At("film.bin")}", "bs=64k", "count=1", "status=none");

        Assert.NotEqual(0, read.ExitCode);
        Assert.Empty(read.Output);
        Assert.Contains("Input/output error", read.Errors);
    }

    /// <summary>The content with one byte wrong in each block.</summary>
    private string CorruptCopy(TorrentFixture torrent, int number)
    {
        var folder = _folder.Sub($"corrupt-{number}");
        var bytes = File.ReadAllBytes(torrent.Disk(0));
        for (var at = 7 + number; at < bytes.Length; at += BlockLength)
        {
            bytes[at] ^= 0x5A;
        }

        File.WriteAllBytes(Path.Combine(folder, torrent.Name), bytes);
        return folder;
    }
}
