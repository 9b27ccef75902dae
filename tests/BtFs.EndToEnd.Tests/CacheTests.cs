using System.Diagnostics;

namespace BtFs.EndToEnd;

/// <summary>What stays on the disk, whose it is, and what becomes of a reader when somebody meddles with it.</summary>
public sealed class CacheTests : IDisposable
{
    private const int Piece = 65_536;
    private const int Block = 16_384;

    /// <summary>From the start of the program until all of a small kept torrent was read. The build for developers compiles as it goes.</summary>
    private static readonly TimeSpan RemountWithin = TimeSpan.FromSeconds(BtfsProgram.IsNative ? 1 : 6);
    private static readonly TimeSpan SweptWithin = TimeSpan.FromSeconds(5);

    private readonly TemporaryFolder _folder = new();
    private readonly TorrentFixture _torrent;
    private readonly string _data;

    public CacheTests()
    {
        _torrent = TorrentFixture.Make(_folder, "kept", Piece, new FileShape("film.bin", 5_000_003), new FileShape("b/notes.txt", 70_000));
        _data = _folder.Sub("data");
    }

    public void Dispose() => _folder.Dispose();

    private string Own => Path.Combine(_data, _torrent.InfoHash);

    [Theory]
    [InlineData("--keep")]
    [InlineData("--cache-persist")]
    public async Task A_kept_magnet_is_listed_and_read_at_once_without_any_peer(string option)
    {
        await using var seed = await LibtorrentSeed.StartAsync(_torrent);
        await FillAsync(seed, option);
        var sent = (await seed.StatsAsync()).Payload;

        // Whoever is there is not needed, and asked for nothing.
        await using (var again = await MountAsync(_torrent.Magnet(seed.Address)))
        {
            await Same.ContentAsync(_torrent, again);
            await again.UnmountAsync();
        }

        Assert.Equal(sent, (await seed.StatsAsync()).Payload);
        await seed.DisposeAsync();
        var since = Stopwatch.StartNew();
        await using var alone = await MountAsync(_torrent.Magnet(), "--read-timeout=5", "--metadata-timeout=5");
        await Same.ContentAsync(_torrent, alone);
        Assert.InRange(since.Elapsed, TimeSpan.Zero, RemountWithin);
        await alone.UnmountAsync();
    }

    [Fact]
    public async Task What_a_killed_mount_left_goes_with_the_next_start_of_any_and_what_runs_stays()
    {
        await using var seed = await LibtorrentSeed.StartAsync(_torrent);
        var other = TorrentFixture.Make(_folder, "other", Piece, new FileShape("a", 100_000));
        var third = TorrentFixture.Make(_folder, "third", Piece, new FileShape("a", 100_000));
        await seed.AddAsync(other);
        await using var running = await MountAsync(other.Magnet(seed.Address));
        await Same.ContentAsync(other, running);
        await using (var killed = await MountAsync(_torrent.Magnet(seed.Address)))
        {
            await Same.ContentAsync(_torrent, killed);
            await killed.KillAsync();
        }

        Assert.True(File.Exists(Path.Combine(Own, "data")));
        await using var next = await MountAsync(third.TorrentFile);
        await Eventually.TrueAsync("the leftover is gone", SweptWithin, () => !Directory.Exists(Own));
        Assert.Equal(new[] { other.InfoHash, third.InfoHash }.Order(), Folders());
        await Same.ContentAsync(other, running);
        await running.UnmountAsync();
        await next.UnmountAsync();
        Assert.Empty(Folders());
    }

    [Fact]
    public async Task What_is_kept_outlives_being_killed()
    {
        await using (var seed = await LibtorrentSeed.StartAsync(_torrent))
        await using (var killed = await MountAsync(_torrent.Magnet(seed.Address), "--keep"))
        {
            await Same.ContentAsync(_torrent, killed);
            await Eventually.TrueAsync("all of it is on the disk", SweptWithin, async () => await BytesOnDiskAsync(Path.Combine(Own, "data")) >= _torrent.Length);
            await killed.KillAsync();
        }

        await using var again = await MountAsync(_torrent.Magnet(), "--read-timeout=5", "--metadata-timeout=5");
        await Same.ContentAsync(_torrent, again);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_second_mount_is_served_by_the_first_and_either_may_end_first(bool firstEndsFirst)
    {
        await using var seed = await LibtorrentSeed.StartAsync(_torrent);
        await using var first = await MountAsync(_torrent.Magnet(seed.Address));
        var film = $"{_torrent.Name}/film.bin";
        (await first.ShellAsync($"cmp -n 3000000 '{film}' '{_torrent.Disk(0)}'")).Ok();
        await QuietAsync(seed);
        var had = (await seed.StatsAsync()).Blocks.Where(piece => piece.Value == Piece / Block).ToList();

        await using var second = await MountAsync(_torrent.Magnet(seed.Address));
        (await second.ShellAsync($"dd if='{film}' bs=65536 count=40 status=none | cmp -n 2621440 - '{_torrent.Disk(0)}'")).Ok();
        await QuietAsync(seed);
        var sent = (await seed.StatsAsync()).Blocks;
        Assert.Equal([_torrent.InfoHash, $"{_torrent.InfoHash}.2"], Folders());
        Assert.True(had.Count >= 3_000_000 / Piece, $"The first has only {had.Count} pieces.");
        Assert.All(had, piece => Assert.Equal(piece.Value, sent[piece.Key]));

        var (ending, staying) = firstEndsFirst ? (first, second) : (second, first);
        await ending.UnmountAsync();
        await Same.ContentAsync(_torrent, staying);
        await staying.UnmountAsync();
        Assert.Empty(Folders());
    }

    [Fact]
    public async Task A_cache_deleted_or_changed_while_it_is_read_changes_nothing_for_the_reader()
    {
        // More than the program has memory for: the disk is needed.
        const long Long = 80L << 20;
        var torrent = TorrentFixture.MakeSingle(_folder, "long", 1 << 20, new FileShape("long", Long, 1 << 20));
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        await using var mount = await MountAsync(torrent.Magnet(seed.Address));
        var read = $"dd if=long iflag=direct bs=1M status=none | cmp - '{torrent.Disk(0)}'";
        var own = Path.Combine(_data, torrent.InfoHash);
        (await mount.ShellAsync(read)).Ok();
        foreach (var meddling in new[]
        {
            $"truncate -s 10M {own}/data", $"rm -rf {own}/*", $"mkdir -p {own}/data/full", $"rm -rf {own} && ln -s / {own}", $"rm {own} && rm -rf {_data}",
        })
        {
            var reading = mount.ShellAsync(read);
            (await Command.ShellAsync(_folder.Path, meddling)).Ok();
            (await reading).Ok();
        }

        await mount.UnmountAsync();
        Assert.False(Directory.Exists(_data));
    }

    [Fact]
    public async Task A_second_mount_reads_on_while_the_first_is_frozen()
    {
        await using var seed = await LibtorrentSeed.StartAsync(_torrent);
        await using var first = await MountAsync(_torrent.Magnet(seed.Address));
        await Same.ContentAsync(_torrent, first);
        await using var second = await MountAsync(_torrent.Magnet(seed.Address));
        Signals.Send(first.Pid, Signals.Stop);
        try
        {
            await Same.ContentAsync(_torrent, second);
            await using var third = await MountAsync(_torrent.Magnet(seed.Address));
            await Same.ContentAsync(_torrent, third);
            await third.UnmountAsync();
        }
        finally
        {
            Signals.Send(first.Pid, Signals.Continue);
        }

        await second.UnmountAsync();
        await first.UnmountAsync();
    }

    [Theory]
    [InlineData("rm -rf $f && ln -s /etc/passwd $f")]
    [InlineData("rm -rf $f && ln -s nowhere $f")]
    [InlineData("rm -rf $f && mkdir $f")]
    [InlineData("rm -rf $f && mkdir -p $f/full")]
    [InlineData("rm -rf $f && mkfifo $f")]
    [InlineData("truncate -s 40 $f")]
    [InlineData("truncate -s +10M $f && printf x | dd of=$f bs=1 seek=1000000 conv=notrunc status=none")]
    public async Task Cache_files_replaced_between_two_mounts_or_during_one_cost_a_download_and_no_more(string meddling)
    {
        await using var seed = await LibtorrentSeed.StartAsync(_torrent);
        await FillAsync(seed, "--keep");
        var each = $"cd {_data}/*/ && for f in data index lock keep torrent; do {meddling} || exit; done";
        (await Command.ShellAsync(_folder.Path, each)).Ok();

        await using var mount = await MountAsync(_torrent.Magnet(seed.Address), "--keep");
        await Same.ContentAsync(_torrent, mount);
        (await Command.ShellAsync(_folder.Path, $"cd {Own} && for f in data index lock keep torrent; do {meddling} || exit; done")).Ok();
        (await mount.ShellAsync($"dd if='{_torrent.Name}/film.bin' iflag=direct bs=100k status=none | cmp - '{_torrent.Disk(0)}'")).Ok();
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task The_cache_is_listed_and_cleaned()
    {
        await using var seed = await LibtorrentSeed.StartAsync(_torrent);
        var other = TorrentFixture.Make(_folder, "other", Piece, new FileShape("a", 100_000));
        await seed.AddAsync(other);
        await FillAsync(seed, "--cache-persist");
        var evil = TorrentFixture.Make(_folder, "\u001b[31mred\u202e", Piece, new FileShape("a", 100));
        await using (var once = await MountAsync(evil.TorrentFile, "--cache-persist"))
        {
            await once.UnmountAsync();
        }

        await using var mount = await MountAsync(other.Magnet(seed.Address), "--keep");

        var table = (await CacheAsync()).Ok().Text.Split('\n');
        Assert.Equal(4, table.Length);
        Assert.StartsWith($"{other.InfoHash}  ", table[1]);
        Assert.Contains($"0 %       pinned, in use by process {mount.Pid}  ", table[1]);
        Assert.EndsWith("  ?[31mred", table[2]);
        Assert.Contains("  100 %     kept   ", table[3]);
        Assert.EndsWith("  kept", table[3]);
        Assert.Contains("\"bytesPresent\": 5070003", (await CacheAsync("list", "--json")).Ok().Text);

        var refused = await CacheAsync("clean", other.InfoHash[..8].ToUpperInvariant());
        Assert.Equal((2, $"btfs: {other.InfoHash}: in use by process {mount.Pid}"), (refused.ExitCode, refused.Errors.Split('\n')[0]));
        var cleaned = (await CacheAsync("clean")).Ok().Text.Split('\n');
        Assert.Equal([$"removed {_torrent.InfoHash} (kept): 4.9 MiB", "freed 4.9 MiB", "left: 1 in use (unmount first)"], cleaned[1..]);
        Assert.Equal([other.InfoHash], Folders());

        await Same.ContentAsync(other, mount);
        await mount.UnmountAsync();
        Assert.Equal("nothing to remove\nleft: 1 pinned (--all removes them too)", (await CacheAsync("clean")).Ok().Text);
        (await CacheAsync("clean", other.InfoHash[..8])).Ok();
        Assert.Empty(Folders());
    }

    [Fact]
    public async Task On_an_overlay_what_is_kept_is_kept()
    {
        var (lower, upper, work, merged) = (_folder.Sub("lower"), _folder.Sub("upper"), _folder.Sub("work"), _folder.Sub("merged"));
        await using var seed = await LibtorrentSeed.StartAsync(_torrent);
        await FillAsync(seed, "--keep", lower);
        (await Command.RunAsync("mount", "-t", "overlay", "none", "-o", $"lowerdir={lower},upperdir={upper},workdir={work}", merged)).Ok();
        try
        {
            await FillAsync(seed, "--keep", merged);
            await using var again = await BtfsMount.StartAsync(_folder, _torrent.Magnet(), $"--data-directory={merged}", "--metadata-timeout=5", "--read-timeout=5");
            await Same.ContentAsync(_torrent, again);
            await again.UnmountAsync();
        }
        finally
        {
            (await Command.RunAsync("umount", merged)).Ok();
        }
    }

    [Fact]
    public async Task Where_files_cannot_be_locked_the_mount_is_refused_and_nothing_is_left()
    {
        // A filter on system calls, as a file system without locks answers: F_OFD_SETLK fails with ENOLCK.
        const string WithoutLocks = """
            import ctypes, os, struct, sys
            load, equal, answer, fcntl = 0x20, 0x15, 0x06, 72 if os.uname().machine == "x86_64" else 25
            code = [(load, 0, 0, 0), (equal, 0, 3, fcntl), (load, 0, 0, 24), (equal, 0, 1, 37), (answer, 0, 0, 0x50000 | 37), (answer, 0, 0, 0x7fff0000)]
            lines = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in code))
            libc = ctypes.CDLL(None)
            assert libc.prctl(38, 1, 0, 0, 0) == 0
            assert libc.prctl(22, 2, struct.pack("HxxxxxxP", len(code), ctypes.addressof(lines)), 0, 0) == 0
            os.execv(sys.argv[1], sys.argv[1:])
            """;
        var places = BtfsPlaces.In(_folder);
        var refused = await Command.RunAsync(
            "/usr/bin/python3", "-c", WithoutLocks, BtfsProgram.Path, "-f", $"--data-directory={_data}", _torrent.TorrentFile, places.MountPoint);

        Assert.Equal(2, refused.ExitCode);
        Assert.StartsWith("btfs: cache: The file system of the cache cannot lock files", refused.Errors);
        Assert.Contains("--data-directory=DIR", refused.Errors);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_data));
    }

    private Task<BtfsMount> MountAsync(string source, params IEnumerable<string> options) =>
        BtfsMount.StartAsync(_folder, source, [$"--data-directory={_data}", .. options]);

    private async Task FillAsync(LibtorrentSeed seed, string option, string? data = null)
    {
        await using var mount = await BtfsMount.StartAsync(_folder, _torrent.Magnet(seed.Address), option, $"--data-directory={data ?? _data}");
        await Same.ContentAsync(_torrent, mount);
        await mount.UnmountAsync();
    }

    private Task<CommandResult> CacheAsync(params IEnumerable<string> words) =>
        new Command(BtfsProgram.Path, ["cache", $"--data-directory={_data}", .. words]).RunAsync();

    private IEnumerable<string> Folders() =>
        Directory.Exists(_data) ? Directory.EnumerateDirectories(_data).Select(path => Path.GetFileName(path)).Order() : [];

    private static async Task<long> BytesOnDiskAsync(string path) => 512 * long.Parse((await Command.RunAsync("stat", "-c", "%b", path)).Ok().Text);

    /// <summary>Waits until a seed has sent all that it was asked for.</summary>
    private static async Task QuietAsync(LibtorrentSeed seed)
    {
        var (sent, since) = (-1L, Stopwatch.StartNew());
        await Eventually.TrueAsync("the seed is quiet", TimeSpan.FromSeconds(10), async () =>
        {
            var now = (await seed.StatsAsync()).Payload;
            if (now != sent)
            {
                sent = now;
                since.Restart();
            }

            return since.Elapsed > TimeSpan.FromMilliseconds(300);
        });
    }
}
