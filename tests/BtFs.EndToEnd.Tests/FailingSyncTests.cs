namespace BtFs.EndToEnd;

/// <summary>The disk says that it could not keep what it was given.</summary>
public sealed class FailingSyncTests : IDisposable
{
    private const string Name = "film.bin";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_sync_that_fails_is_told_fails_nothing_and_what_it_was_about_is_read_right_afterwards()
    {
        var torrent = TorrentFixture.MakeSingle(_folder, Name, 1 << 16, new FileShape(Name, 3_000_000));
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        var cache = new KeptCache(torrent, _folder.At("cache"));
        await using (var mount = await BtfsMount.StartAsync(_folder, torrent.Magnet(seed.Address), cache.Options))
        {
            await cache.CompareAsync(mount, seed);
            await using var injection = await Injection.IntoAsync(mount.Pid, "fsync,fdatasync", "error=EIO");
            Signals.Send(mount.Pid, Signals.Terminate);
            await Eventually.TrueAsync("it ends", TimeSpan.FromSeconds(10), () => mount.HasEnded);
            Assert.Equal(0, mount.ExitCode);
            await Eventually.TrueAsync(
                "it says why", TimeSpan.FromSeconds(10), () => mount.Log.Contains("The cache may not survive a power cut: Cannot bring the cache to the disk: Input/output error"));
        }

        await using var next = await BtfsMount.StartAsync(_folder, torrent.Magnet(seed.Address), cache.Options);
        Assert.Empty(await cache.CompareAsync(next, seed));
        await next.UnmountAsync();
    }
}
