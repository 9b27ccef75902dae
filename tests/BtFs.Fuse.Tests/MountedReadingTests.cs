namespace BtFs.Fuse.Tests;

[Collection(MountCollection.Name)]
public class MountedReadingTests
{
    private const int MiB = 1 << 20;

    [Fact]
    public async Task A_mounted_file_reads_byte_for_byte()
    {
        var content = RandomBytes((3 * MiB) + 123);
        await using var mounted = await MountedDirectory.OfAsync(new MemoryFileSystem().Add("film.mkv", content));

        Assert.Equal(content, (await Programs.RunAsync("cat", mounted.File("film.mkv"))).Output);
        Assert.Equal(content, (await Programs.RunAsync("dd", "bs=1M", "iflag=direct", "status=none", "if=" + mounted.File("film.mkv"))).Output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_whose_length_nobody_knows_is_read_to_its_end_at_each_opening(bool hasToWait)
    {
        var content = RandomBytes(MiB + 123);
        var files = new MemoryFileSystem().AddOfUnknownLength("status", content, stalls: hasToWait);
        await using var mounted = await MountedDirectory.OfAsync(files);

        var first = Programs.RunAsync("cat", mounted.File("status"));
        files.Release();

        Assert.Equal(content, (await first).Output);
        Assert.Equal(content, (await Programs.RunAsync("dd", "bs=7000", "status=none", "if=" + mounted.File("status"))).Output);
        Assert.Equal("0\n", (await Programs.RunAsync("stat", "--format=%s", mounted.File("status"))).Text);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(MiB - 3, 7)]
    [InlineData(MiB + 122, 1)]
    [InlineData(MiB + 123, 10)]
    [InlineData(MiB, 4096)]
    public async Task Any_part_of_a_file_can_be_read(int offset, int length)
    {
        var content = RandomBytes(MiB + 123);
        await using var mounted = await MountedDirectory.OfAsync(new MemoryFileSystem().Add("f", content));

        var part = await Programs.RunAsync(
            "dd", "if=" + mounted.File("f"), "iflag=skip_bytes,count_bytes", $"skip={offset}", $"count={length}", "status=none");

        Assert.Equal(content.Skip(offset).Take(length), part.Output);
    }

    [Fact]
    public async Task Files_show_their_size_mode_time_and_what_is_present()
    {
        await using var mounted = await MountedDirectory.OfAsync(new MemoryFileSystem().Add("f", new byte[1000]));

        var seen = await Programs.RunAsync("stat", "--format=%A %s %b %Y %i %o", mounted.File("f"));

        Assert.Equal("-r--r--r-- 1000 2 1234567890 2 131072\n", seen.Text);
    }

    [Fact]
    public async Task A_directory_of_ten_thousand_names_is_listed_whole()
    {
        var files = new MemoryFileSystem();
        var names = Enumerable.Range(0, 10_000).Select(i => $"a file with a rather long name {i:D5}").ToList();
        names.ForEach(name => files.Add(name, new byte[1]));
        await using var mounted = await MountedDirectory.OfAsync(files);

        Assert.Equal(names, Lines(await Programs.RunAsync("ls", "-1", mounted.Path)));
        Assert.Equal(10_001, Lines(await Programs.RunAsync("ls", "-l", mounted.Path)).Length);
        Assert.Equal(names.Count + 2, Lines(await Programs.RunAsync("ls", "-f", mounted.Path)).Length);
    }

    [Fact]
    public async Task Extended_attributes_are_listed_and_read()
    {
        await using var mounted = await MountedDirectory.OfAsync(new MemoryFileSystem().Add("f", new byte[1]));

        var seen = await Programs.RunAsync(
            "/usr/bin/python3",
            "-c",
            "import os,sys; f=sys.argv[1]; print(os.listxattr(f), os.getxattr(f, 'user.colour'))\ntry: os.getxattr(f, 'user.none')\nexcept OSError as e: print(e.errno)",
            mounted.File("f"));

        Assert.Equal("['user.colour'] b'blue'\n61\n", seen.Text);
    }

    [Fact]
    public async Task The_totals_of_the_file_system_are_shown()
    {
        await using var mounted = await MountedDirectory.OfAsync(new MemoryFileSystem().Add("f", new byte[1]));

        Assert.Equal("1000 10 9 4096 255\n", (await Programs.RunAsync("stat", "--file-system", "--format=%b %f %a %s %l", mounted.Path)).Text);
    }

    [Fact]
    public async Task The_mount_table_shows_name_and_type_and_that_nothing_dangerous_is_let_through()
    {
        await using var mounted = await MountedDirectory.OfAsync(new MemoryFileSystem());

        var line = File.ReadLines("/proc/mounts").Single(text => text.Contains(mounted.Path, StringComparison.Ordinal)).Split(' ');

        Assert.Equal(("memory", "fuse.btfstest"), (line[0], line[2]));
        Assert.Superset(new HashSet<string> { "ro", "nosuid", "nodev", "noatime" }, line[3].Split(',').ToHashSet());
    }

    [Fact]
    public async Task Nothing_can_be_changed()
    {
        await using var mounted = await MountedDirectory.OfAsync(new MemoryFileSystem().Add("f", new byte[10]));

        var seen = await Programs.RunAsync("/usr/bin/python3", "-c", ChangeEverything, mounted.Path);

        Assert.Equal("", seen.Errors);
        Assert.All(Lines(seen), line => Assert.EndsWith(" EROFS", line));
        Assert.Equal(16, Lines(seen).Length);
    }

    [Theory]
    [InlineData("os.pread(fd, 10, 10)", "b''")]
    [InlineData("os.pread(fd, 10, 2**62)", "b''")]
    [InlineData("os.pread(fd, 0, 0)", "b''")]
    [InlineData("len(os.pread(fd, 100, 3))", "7")]
    [InlineData("os.lseek(fd, 4, os.SEEK_DATA)", "4")]
    [InlineData("os.lseek(fd, 0, os.SEEK_HOLE)", "10")]
    [InlineData("len(mmap.mmap(fd, 0, prot=mmap.PROT_READ)[:])", "10")]
    public async Task Odd_reads_get_the_answers_of_POSIX(string expression, string answer)
    {
        await using var mounted = await MountedDirectory.OfAsync(new MemoryFileSystem().Add("f", new byte[10]));

        var seen = await Programs.RunAsync(
            "/usr/bin/python3", "-c", $"import os, mmap, sys; fd = os.open(sys.argv[1], os.O_RDONLY); print({expression})", mounted.File("f"));

        Assert.Equal((answer + "\n", ""), (seen.Text, seen.Errors));
    }

    private const string ChangeEverything = """
        import errno, os, sys
        d = sys.argv[1]; f = d + '/f'
        def t(name, call):
            try:
                call(); print(name, 'done')
            except OSError as e:
                print(name, errno.errorcode[e.errno])
        t('open_rdwr', lambda: os.open(f, os.O_RDWR))
        t('open_wronly', lambda: os.open(f, os.O_WRONLY))
        t('open_trunc', lambda: os.open(f, os.O_RDONLY | os.O_TRUNC))
        t('create', lambda: os.open(d + '/new', os.O_CREAT | os.O_WRONLY))
        t('truncate', lambda: os.truncate(f, 1))
        t('unlink', lambda: os.unlink(f))
        t('mkdir', lambda: os.mkdir(d + '/new'))
        t('rmdir', lambda: os.rmdir(d + '/f'))
        t('rename', lambda: os.rename(f, d + '/new'))
        t('link', lambda: os.link(f, d + '/new'))
        t('symlink', lambda: os.symlink('x', d + '/new'))
        t('mknod', lambda: os.mknod(d + '/new'))
        t('chmod', lambda: os.chmod(f, 0o777))
        t('chown', lambda: os.chown(f, 1, 1))
        t('utime', lambda: os.utime(f))
        t('setxattr', lambda: os.setxattr(f, 'user.x', b'1'))
        """;

    private static string[] Lines(Finished finished) => finished.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
