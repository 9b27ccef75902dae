namespace BtFs.EndToEnd;

/// <summary>The cache takes what it may on the disk, and not a piece more, whoever shares it and whatever becomes of them.</summary>
public sealed class BoundedCacheTests : IDisposable
{
    private const int PieceLength = 256 << 10;
    private const long Limit = 20 << 20;

    // Mounts look around once a second, and the machine may be busy.
    private static readonly TimeSpan SharedWithin = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_torrent_ten_times_the_cache_is_read_over_and_over_and_the_disk_never_takes_more_than_the_limit()
    {
        const int Reads = 30;
        var torrent = TorrentFixture.MakeSingle(_folder, "long.bin", PieceLength, new FileShape("long.bin", 192 << 20));
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        await using var listener = await LibtorrentSeed.StartAsync(host: 3);
        await listener.LeechAsync(torrent, _folder.Sub("leech"));
        var cache = _folder.Sub("cache");
        await using var use = new DiskUse(cache);
        await using var mount = await BtfsMount.StartAsync(
            _folder, torrent.Magnet(seed.Address, listener.Address), "--cache-size=20M", $"--data-directory={cache}");

        for (var pass = 0; pass < 2; pass++)
        {
            (await Command.ShellAsync(mount.Path, $"cmp long.bin '{torrent.Disk(0)}' && dd if=long.bin iflag=nocache count=0 status=none")).Ok();
        }

        (await Command.ShellAsync(mount.Path, $"""
            for n in $(seq 1 {Reads}); do dd if=long.bin bs=64k skip=$((n * 7919 % 3072)) count=1 status=none; done | sha256sum > '{_folder.At("ours")}' &&
            for n in $(seq 1 {Reads}); do dd if='{torrent.Disk(0)}' bs=64k skip=$((n * 7919 % 3072)) count=1 status=none; done | sha256sum | cmp - '{_folder.At("ours")}'
            """)).Ok();

        Assert.InRange(use.Most, 0.8 * Limit, Limit + PieceLength);

        // Looks take a process each, and 400 MB of reads a second on a quick machine.
        Assert.True(use.Looks >= 8, $"Looked at the disk only {use.Looks} times.");

        // It fetched twice what there is: most of it had to go in between.
        Assert.InRange((await seed.StatsAsync()).Payload, 1.4 * torrent.Length, 2.4 * torrent.Length);

        // What memory and disk can hold is all that a peer may believe to be here; a few blocks later it has heard of the rest.
        const long MemoryCache = 64 << 20;
        await Eventually.TrueAsync("peers were told what is gone", TimeSpan.FromSeconds(10), async () =>
            await listener.ToldAsync() is [> 0 and <= (int)((Limit + MemoryCache) / PieceLength)]);
        await mount.UnmountAsync();
        Assert.Empty(Directory.EnumerateFileSystemEntries(cache));
    }

    [Fact]
    public async Task Two_mounts_share_one_limit_whether_the_other_one_works_is_stopped_or_is_killed()
    {
        var first = TorrentFixture.MakeSingle(_folder, "first.bin", PieceLength, new FileShape("first.bin", 48 << 20));
        var second = TorrentFixture.MakeSingle(_folder, "second.bin", PieceLength, new FileShape("second.bin", 96 << 20, island: 4096));
        await using var seed = await LibtorrentSeed.StartAsync(first);
        await seed.AddAsync(second);
        var cache = _folder.Sub("cache");
        string[] options = ["--cache-size=20M", $"--data-directory={cache}"];
        await using var one = await BtfsMount.StartAsync(_folder, first.Magnet(seed.Address), options);
        await using var two = await BtfsMount.StartAsync(_folder, second.Magnet(seed.Address), options);
        var folderOfTwo = Path.Combine(cache, second.InfoHash);

        await using (var use = new DiskUse(cache))
        {
            await ReadAsync(one, first);
            await Task.WhenAll(ReadAsync(one, first), ReadAsync(two, second));
            await Eventually.TrueAsync("the second one got its share", SharedWithin, async () =>
            {
                await ReadAsync(two, second);
                return await DiskUse.OfAsync(folderOfTwo) > 0.35 * Limit;
            });

            Signals.Send(one.Pid, Signals.Stop);
            await ReadAsync(two, second);
            Assert.InRange(use.Most, 0.8 * Limit, Limit + PieceLength);
        }

        Signals.Send(one.Pid, Signals.Kill);
        await Eventually.TrueAsync("the second one has all", SharedWithin, async () =>
        {
            await ReadAsync(two, second);
            return await DiskUse.OfAsync(folderOfTwo) > 0.8 * Limit;
        });
    }

    [Fact]
    public async Task A_cache_in_memory_works_on_a_system_where_nothing_can_be_written()
    {
        const int MostMemory = 256 << 10;
        var torrent = TorrentFixture.MakeSingle(_folder, "film.bin", PieceLength, new FileShape("film.bin", 192 << 20));
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        var mount = _folder.Sub("mnt");

        var said = (await new Command("unshare", "-m", "sh", "-c", $"""
            mount --make-rprivate / && mount -o remount,bind,ro / && ! touch '{mount}/x' 2>/dev/null || exit 99
            unset HOME XDG_CACHE_HOME
            '{BtfsProgram.Path}' -f --cache=memory:64M '{torrent.Magnet(seed.Address)}' '{mount}' & pid=$!
            until mountpoint -q '{mount}' || ! kill -0 $pid; do sleep 0.05; done
            for pass in 1 2; do cmp '{mount}/film.bin' '{torrent.Disk(0)}' || exit; dd if='{mount}/film.bin' iflag=nocache count=0 status=none; done
            sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' /proc/$pid/status
            fusermount3 -u '{mount}' && wait $pid
            """).With("DOTNET_EnableDiagnostics", "0").Within(TimeSpan.FromSeconds(60)).RunAsync()).Ok();

        Assert.InRange(int.Parse(said.Text), 64 << 10, MostMemory);
        Assert.InRange((await seed.StatsAsync()).Payload, 1.4 * torrent.Length, 2.4 * torrent.Length);
    }

    private static async Task ReadAsync(BtfsMount mount, TorrentFixture torrent) =>
        (await Command.ShellAsync(mount.Path, $"cmp {torrent.Name} '{torrent.Disk(0)}' && dd if={torrent.Name} iflag=nocache count=0 status=none")).Ok();
}
