using Xunit.Abstractions;

namespace BtFs.EndToEnd;

/// <summary>The disk under the cache is copied while the program writes: what a power cut would leave. <c>BTFS_POWER_CUTS=50</c> does it that often.</summary>
public sealed class PowerCutTests(ITestOutputHelper output) : IDisposable
{
    private const string Name = "film.bin";
    private const int PieceLength = 64 << 10;
    private const int Pieces = 256;

    /// <summary>The pieces that were brought to the disk before it all began.</summary>
    private const int Synchronized = 64;

    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new(6);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task After_a_power_cut_no_wrong_byte_is_read_and_what_was_synchronized_is_there()
    {
        var torrent = TorrentFixture.MakeSingle(_folder, Name, PieceLength, new FileShape(Name, Pieces * PieceLength));
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        var (left, fetchedAgain) = (Rounds.Of("BTFS_POWER_CUTS", usually: 3), 0);
        while (left > 0)
        {
            await using var disk = await SmallDisk.Ext4Async(_folder, 64 << 20);
            var cache = new KeptCache(torrent, Path.Combine(disk.Path, "cache"));
            await ReadAsync(torrent, seed, cache, 0, Synchronized, pause: TimeSpan.Zero, () => Task.CompletedTask, ends: true);
            var images = new List<string>();
            var at = Enumerable.Range(0, Math.Min(left, 4)).Select(_ => _random.Next(Synchronized, Pieces)).ToHashSet();
            await ReadAsync(torrent, seed, cache, Synchronized, Pieces - Synchronized, TimeSpan.FromMilliseconds(2), CutAsync, ends: false);
            foreach (var image in images)
            {
                fetchedAgain += await ComeBackAsync(torrent, seed, image);
                File.Delete(image);
            }

            left -= images.Count;

            async Task CutAsync()
            {
                if (at.Remove(_read))
                {
                    images.Add(await disk.CopyAsync());
                }
            }
        }

        output.WriteLine($"{fetchedAgain} pieces were fetched again.");
    }

    private int _read;

    private async Task ReadAsync(
        TorrentFixture torrent, LibtorrentSeed seed, KeptCache cache, int first, int count, TimeSpan pause, Func<Task> between, bool ends)
    {
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.Magnet(seed.Address), cache.Options);
        using (var film = File.OpenHandle(mount.At(Name)))
        {
            var bytes = new byte[PieceLength];
            for (_read = first; _read < first + count; _read++)
            {
                Assert.Equal(PieceLength, await RandomAccess.ReadAsync(film, bytes, (long)_read * PieceLength));
                await between();
            }
        }

        if (ends)
        {
            await mount.UnmountAsync();
        }
        else
        {
            await mount.KillAsync();
        }
    }

    /// <summary>Mounts a copied disk and the torrent on it as after a restart of the machine, twice, and compares all of it.</summary>
    /// <returns>The pieces that had to be fetched again.</returns>
    private async Task<int> ComeBackAsync(TorrentFixture torrent, LibtorrentSeed seed, string image)
    {
        await using var disk = await SmallDisk.MountImageAsync(_folder, image);
        var cache = new KeptCache(torrent, Path.Combine(disk.Path, "cache"));
        var expected = (await Command.RunAsync("sha256sum", torrent.Disk(0))).Ok().Text.Split(' ')[0];
        var before = (await seed.StatsAsync()).Blocks;
        var again = new List<int>();
        for (var start = 0; start < 2; start++)
        {
            Assert.Equal(expected, await HashAfterRestartAsync(torrent, seed, cache));
            var after = (await seed.StatsAsync()).Blocks;
            var fetched = after.Where(piece => piece.Value > before.GetValueOrDefault(piece.Key)).Select(piece => piece.Key).ToList();
            Assert.All(fetched, piece => Assert.InRange(piece, Synchronized, Pieces - 1));
            again.Add(fetched.Count);
            before = after;
        }

        Assert.Equal(0, again[1]);
        return again[0];
    }

    /// <summary>Reads the film in a mount namespace in which the kernel has another boot id.</summary>
    private async Task<string> HashAfterRestartAsync(TorrentFixture torrent, LibtorrentSeed seed, KeptCache cache)
    {
        const string Script = """
            set -e
            mount --bind "$1" /proc/sys/kernel/random/boot_id
            mountpoint="$2"; film="$3"; shift 3
            "$@" "$mountpoint" >&2 & btfs=$!
            while ! mountpoint -q "$mountpoint"; do kill -0 $btfs; sleep 0.02; done
            sha256sum "$mountpoint/$film"
            fusermount3 -u "$mountpoint"
            wait $btfs
            """;
        var boot = _folder.At("boot_id");
        await File.WriteAllTextAsync(boot, $"{Guid.NewGuid()}\n");
        var places = BtfsPlaces.In(_folder);
        var start = places.Start(["-f", .. cache.Options, torrent.Magnet(seed.Address)]);
        var hash = await new Command(
            "unshare", ["-m", "sh", "-c", Script, "sh", boot, places.MountPoint, Name, start.FileName, .. start.ArgumentList]).RunAsync();
        return hash.Ok().Text.Split(' ')[0];
    }
}
