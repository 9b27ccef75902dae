using System.Globalization;

namespace BtFs.EndToEnd;

/// <summary>With every peer gone, everything that needs no peer goes on working.</summary>
public sealed class AbsentPeersTests : IAsyncLifetime
{
    private const int Cached = 65_536;
    private const int Length = 64 << 20;
    private const int PieceLength = 1 << 16;

    private static readonly TimeSpan DiesWithin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan UsedWithin = TimeSpan.FromSeconds(5);

    private readonly TemporaryFolder _folder = new();
    private TorrentFixture _torrent = null!;
    private LibtorrentSeed _seed = null!;
    private BtfsMount _mount = null!;

    private string Film => Path.Combine(_mount.Path, _torrent.Name, "film.bin");

    public async Task InitializeAsync()
    {
        _torrent = TorrentFixture.Make(
            _folder, "gone", PieceLength, new FileShape("film.bin", Length), new FileShape("notes.txt", 1_000));
        _seed = await LibtorrentSeed.StartAsync(_torrent);
        _mount = await BtfsMount.StartAsync(_folder, _torrent.Magnet(_seed.Address), "--read-timeout=60");
        // One block at the end is here before the peers leave: nothing is read ahead of the end.
        (await ReadEndAsync()).Ok();
        await _seed.DisposeAsync();
    }

    public async Task DisposeAsync()
    {
        await _mount.DisposeAsync();
        await _seed.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_waiting_cat_dies_of_Ctrl_C()
    {
        using var cat = await WaitingReader.StartAsync("cat", Film);

        Assert.InRange(await cat.DiesOfAsync(Signals.Interrupt), TimeSpan.Zero, DiesWithin);
    }

    [Fact]
    public async Task A_waiting_reader_with_O_DIRECT_dies_of_SIGKILL()
    {
        using var reader = await WaitingReader.StartAsync("dd", $"if={Film}", "of=/dev/null", "iflag=direct", "bs=4096");

        Assert.InRange(await reader.DiesOfAsync(Signals.Kill), TimeSpan.Zero, DiesWithin);
    }

    [Fact]
    public async Task Waiting_readers_cost_no_threads_and_hold_up_nothing_that_is_here()
    {
        var threads = Threads();
        using var readers = await ManyReaders.StartAsync(Film, count: 256, stride: Length / 300);

        Assert.InRange(Threads(), 1, threads + 4);
        var slowest = (await Command.RunAsync("/usr/bin/python3", "-c", Probe, _mount.Path, Film, (Length - Cached).ToString(CultureInfo.InvariantCulture))).Ok().Text;
        Assert.All(slowest.Split('\n'), line =>
        {
            var (what, milliseconds) = (line.Split(' ')[0], double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
            Assert.True(milliseconds <= 50, $"{what} took {milliseconds} ms; all of them:\n{slowest}");
        });
    }

    [Fact]
    public async Task SIGTERM_ends_it_with_256_readers_waiting()
    {
        using var readers = await ManyReaders.StartAsync(Film, count: 256, stride: Length / 300);
        Signals.Send(_mount.Pid, Signals.Terminate);

        await _mount.AssertEndsCleanlyAsync();
    }

    [Fact]
    public async Task Fusermount_ends_it_after_a_reader_gave_up()
    {
        using (var cat = await WaitingReader.StartAsync("cat", Film))
        {
            Assert.NotEqual(0, (await Command.RunAsync("fusermount3", "-u", _mount.Path)).ExitCode);
            await cat.DiesOfAsync(Signals.Interrupt);
        }

        await _mount.UnmountAsync();
    }

    [Fact]
    public async Task A_peer_that_comes_back_is_used()
    {
        using var reader = await WaitingReader.StartAsync("dd", $"if={Film}", "of=/dev/null", "bs=64k", "count=1", "skip=100");
        await using var back = await LibtorrentSeed.StartAsync(_torrent, port: _seed.Address.Port);

        Assert.Equal(0, await reader.EndsAsync(UsedWithin));
    }

    [Fact]
    public async Task What_is_here_stays_readable()
    {
        (await ReadEndAsync()).Ok();
    }

    private Task<CommandResult> ReadEndAsync() =>
        Command.ShellAsync(_folder.Path, $"dd if='{Film}' iflag=direct bs={Cached} skip={Length / Cached - 1} status=none | cmp - '{_torrent.Disk(0)}' -i 0:{Length - Cached}");

    private int Threads() => int.Parse(
        File.ReadLines($"/proc/{_mount.Pid}/status").First(line => line.StartsWith("Threads:", StringComparison.Ordinal)).Split('\t')[1],
        CultureInfo.InvariantCulture);

    /// <summary>Prints the slowest of 40 of each, in milliseconds; O_DIRECT so that the answer is not the page cache's.</summary>
    private const string Probe = """
        import mmap, os, sys, time
        mount, film, cached = sys.argv[1], sys.argv[2], int(sys.argv[3])
        buffer = mmap.mmap(-1, 65536)
        direct = os.open(film, os.O_RDONLY | os.O_DIRECT)
        def reopen():
            os.close(os.open(film, os.O_RDONLY))
        asks = {"ls": lambda: os.listdir(os.path.dirname(film)), "stat": lambda: os.stat(film),
                "missing": lambda: os.path.exists(mount + "/none"), "open": reopen, "statfs": lambda: os.statvfs(mount),
                "cached": lambda: os.preadv(direct, [buffer], cached)}
        for name, ask in asks.items():
            slowest = 0
            for _ in range(40):
                start = time.monotonic()
                ask()
                slowest = max(slowest, time.monotonic() - start)
            print(name, round(slowest * 1000, 2))
        """;
}
