namespace BtFs.EndToEnd;

/// <summary>Somebody, or the disk itself, changes what the cache holds.</summary>
public sealed class TamperedCacheTests : IDisposable
{
    private const string Name = "film.bin";
    private const int PieceLength = 64 << 10;
    private const int Places = 30;

    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new(8);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Bytes_changed_in_the_cache_while_mounted_or_between_mounts_are_fetched_again_and_never_read()
    {
        var torrent = TorrentFixture.MakeSingle(_folder, Name, PieceLength, new FileShape(Name, 128L * PieceLength + 777));
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        var cache = new KeptCache(torrent, _folder.At("cache"));
        var between = new HashSet<int>();
        for (var run = 0; run < 3; run++)
        {
            await using var mount = await BtfsMount.StartAsync(_folder, torrent.Magnet(seed.Address), cache.Options);
            var inMemory = await cache.CompareAsync(mount, seed);
            Assert.Equal(run == 0 ? Enumerable.Range(0, 129) : between.Order(), inMemory.Order());

            // What comes from the swarm is written behind the readers' backs.
            await Eventually.TrueAsync("all is in the cache", TimeSpan.FromSeconds(10), () => HasContent(cache, torrent));
            var hit = cache.Flip(Places, _random);
            await ForgetPageCacheAsync();
            Assert.Equal(hit.Except(inMemory).Order(), (await cache.CompareAsync(mount, seed)).Order());
            await mount.UnmountAsync();
            between = [.. hit.Intersect(inMemory), .. cache.Flip(Places, _random)];
        }
    }

    private static bool HasContent(KeptCache cache, TorrentFixture torrent) =>
        File.ReadAllBytes(cache.Data).AsSpan().SequenceEqual(File.ReadAllBytes(torrent.Disk(0)));

    // The mount's own pages too: else nobody would ask it.
    private static Task ForgetPageCacheAsync() => File.WriteAllTextAsync("/proc/sys/vm/drop_caches", "3");
}
