using System.Globalization;

namespace BtFs.EndToEnd;

/// <summary>The facts of docs/SEMANTICS.md that no other test shows, asked of the kernel through a real mount.</summary>
public sealed class SemanticsTests : IAsyncLifetime
{
    private const int Length = 1_000_003;

    private readonly TemporaryFolder _folder = new();
    private TorrentFixture _torrent = null!;
    private LibtorrentSeed _seed = null!;
    private BtfsMount _mount = null!;

    public async Task InitializeAsync()
    {
        _torrent = TorrentFixture.Make(_folder, "facts", 65_536, new FileShape("film.bin", Length), new FileShape("sub/notes.txt", 70_000));
        _seed = await LibtorrentSeed.StartAsync(_torrent);
        _mount = await BtfsMount.StartAsync(_folder, _torrent.TorrentFile, $"--peer={_seed.Address}");
    }

    public async Task DisposeAsync()
    {
        await _mount.DisposeAsync();
        await _seed.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public Task Files_are_readable_folders_enterable_and_both_belong_to_who_mounted_them() => PythonAsync("""
        for path, mode in ((film, 0o100444), (root, 0o040555), (root + "/sub", 0o040555)):
            stat = os.stat(path)
            assert stat.st_mode == mode, (path, oct(stat.st_mode))
            assert (stat.st_uid, stat.st_gid) == (os.getuid(), os.getgid()), stat
        """);

    [Fact]
    public Task The_size_is_the_whole_file_and_the_blocks_are_what_is_here() => PythonAsync("""
        stat = os.stat(film)
        assert (stat.st_size, stat.st_blocks) == (len(data), 0), stat
        assert open(film, "rb").read() == data
        deadline = time.monotonic() + 5
        while os.stat(film).st_blocks != (len(data) + 511) // 512:
            assert time.monotonic() < deadline, os.stat(film)
            time.sleep(0.05)
        """);

    [Fact]
    public Task The_modification_time_is_the_creation_date_of_the_torrent() => PythonAsync($"""
        assert os.stat(film).st_mtime == {TorrentFixture.CreatedAt}, os.stat(film)
        assert os.stat(root + "/sub").st_mtime == {TorrentFixture.CreatedAt}
        """);

    [Fact]
    public Task Attributes_tell_how_much_of_a_file_is_here() => PythonAsync("""
        assert open(film, "rb").read() == data
        assert os.getxattr(film, "user.btfs.progress") == b"100"
        assert os.getxattr(film, "user.btfs.present") == str(len(data)).encode()
        assert os.getxattr(film, "user.btfs.file_index") == b"0"
        assert os.getxattr(root + "/sub/notes.txt", "user.btfs.file_index") == b"1"
        assert "user.btfs.is_btfs" in os.listxattr(root)
        """);

    [Fact]
    public Task The_file_system_is_as_large_as_the_torrent_used_as_far_as_it_is_here_and_has_no_room() => PythonAsync($"""
        fs = os.statvfs(film)
        total = fs.f_blocks * fs.f_frsize
        assert {_torrent.Length} <= total < {_torrent.Length} + fs.f_frsize, fs
        assert (fs.f_bfree, fs.f_bavail, fs.f_ffree) == (fs.f_blocks, 0, 0), fs
        with open(film, "rb") as file:
            assert file.read(200_000) == data[:200_000]
        files = (film, root + "/sub/notes.txt")
        present = lambda: sum(int(os.getxattr(path, "user.btfs.present")) for path in files)
        while True:
            before, fs, after = present(), os.statvfs(film), present()
            if before == after >= 200_000:
                break
        assert fs.f_blocks - fs.f_bfree == (after + fs.f_frsize - 1) // fs.f_frsize, (fs, after)
        assert fs.f_bavail == 0, fs
        assert fs.f_namemax == 255 and fs.f_flag & os.ST_RDONLY, fs
        """);

    [Fact]
    public void The_kernel_knows_it_as_a_read_only_mount_of_btfs()
    {
        var line = MountTable.Line(_mount.Path) ?? "";

        Assert.Contains(" - fuse.btfs ", line);
        foreach (var option in new[] { "ro", "nosuid", "nodev" })
        {
            Assert.Contains(option, line.Split(' ')[5].Split(','));
        }
    }

    [Fact]
    public Task A_read_is_short_only_at_the_end_of_the_file() => PythonAsync("""
        for flags in (os.O_RDONLY, os.O_RDONLY | os.O_DIRECT):
            file = os.open(film, flags)
            size = len(data)
            buffer = mmap.mmap(-1, 1 << 20)
            for at, expected in ((0, size), (4096, size - 4096), (size // 4096 * 4096, size % 4096), ((size // 4096 + 1) * 4096, 0)):
                count = os.preadv(file, [buffer], at)
                assert count == expected, (flags, at, count, expected)
                assert buffer[:count] == data[at:at + count]
            assert os.pread(file, 0, 0) == b"" and os.pread(file, 10, 1 << 40) == b""
        """);

    [Fact]
    public Task A_file_has_no_holes_even_where_nothing_is_here_yet() => PythonAsync("""
        file = os.open(film, os.O_RDONLY)
        assert os.lseek(file, 0, os.SEEK_DATA) == 0
        assert os.lseek(file, 0, os.SEEK_HOLE) == len(data)
        assert os.lseek(file, 5000, os.SEEK_DATA) == 5000
        """);

    [Fact]
    public Task Whatever_would_change_something_fails_with_EROFS() => PythonAsync("""
        new = root + "/new"
        changes = {
            "open for writing": lambda: os.open(film, os.O_WRONLY),
            "open for both": lambda: os.open(film, os.O_RDWR),
            "truncate on open": lambda: os.open(film, os.O_RDONLY | os.O_TRUNC),
            "create": lambda: os.open(new, os.O_CREAT | os.O_WRONLY),
            "truncate": lambda: os.truncate(film, 0),
            "unlink": lambda: os.unlink(film),
            "rename": lambda: os.rename(film, new),
            "link": lambda: os.link(film, new),
            "symlink": lambda: os.symlink("film.bin", new),
            "mkdir": lambda: os.mkdir(new),
            "rmdir": lambda: os.rmdir(root + "/sub"),
            "mkfifo": lambda: os.mkfifo(new),
            "chmod": lambda: os.chmod(film, 0o777),
            "chown": lambda: os.chown(film, 1, 1),
            "utime": lambda: os.utime(film, (1, 1)),
            "setxattr": lambda: os.setxattr(film, "user.mine", b"1"),
            "removexattr": lambda: os.removexattr(film, "user.btfs.progress"),
        }
        for name, change in changes.items():
            try:
                change()
            except OSError as error:
                assert error.errno == errno.EROFS, (name, error)
            else:
                raise AssertionError(name + " was allowed")
        assert open(film, "rb").read() == data
        """);

    [Fact]
    public async Task A_read_that_nobody_can_answer_fails_with_EIO_in_time()
    {
        const int Seconds = 2;
        await using var alone = await BtfsMount.StartAsync(_folder, _torrent.TorrentFile, $"--read-timeout={Seconds}");
        var read = await Command.RunAsync("cat", Path.Combine(alone.Path, "facts/film.bin"));

        Assert.Contains("Input/output error", read.Errors);
        Assert.Empty(read.Output);
        Assert.InRange(read.Took.TotalSeconds, Seconds, 3 * Seconds + 2);
    }

    [Fact]
    public async Task Browsing_only_shows_names_and_refuses_content()
    {
        await using var browsing = await BtfsMount.StartAsync(_folder, _torrent.TorrentFile, "--browse-only", $"--peer={_seed.Address}");

        var stat = (await Command.RunAsync("stat", "-c", "%s", Path.Combine(browsing.Path, "facts/film.bin"))).Ok();
        Assert.Equal(Length.ToString(CultureInfo.InvariantCulture), stat.Text);
        var read = await Command.RunAsync("cat", Path.Combine(browsing.Path, "facts/film.bin"));
        Assert.Contains("Permission denied", read.Errors);
        Assert.Empty(read.Output);
    }

    private async Task PythonAsync(string facts)
    {
        var prologue = $"""
            import errno, mmap, os, time
            root = "{Path.Combine(_mount.Path, _torrent.Name)}"
            film = root + "/film.bin"
            data = open("{_torrent.Disk(0)}", "rb").read()

            """;
        (await Command.RunAsync("/usr/bin/python3", "-c", prologue + facts)).Ok();
    }
}
