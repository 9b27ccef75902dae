namespace BtFs.EndToEnd;

/// <summary>The programs that people use on files work on these.</summary>
public sealed class ToolsTests : IAsyncLifetime
{
    private const int Seconds = 30;

    private readonly TemporaryFolder _folder = new();
    private TorrentFixture _torrent = null!;
    private LibtorrentSeed _seed = null!;
    private BtfsMount _mount = null!;
    private string _root = "";
    private string _original = "";

    public async Task InitializeAsync()
    {
        _torrent = TorrentFixture.Make(
            _folder, "tools", 65_536,
            new FileShape("big.bin", 5_000_011),
            new FileShape("sub/small.txt", 4_097),
            new FileShape("sub/deeper/tiny", 1),
            new FileShape("empty", 0));
        _seed = await LibtorrentSeed.StartAsync(_torrent);
        _mount = await BtfsMount.StartAsync(_folder, _torrent.Magnet(_seed.Address));
        _root = await Same.RootAsync(_torrent, _mount);
        _original = Path.Combine(_torrent.SaveFolder, _torrent.Name);
    }

    public async Task DisposeAsync()
    {
        await _mount.DisposeAsync();
        await _seed.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("cat \"$M/big.bin\" | cmp - \"$O/big.bin\"")]
    [InlineData("cmp \"$M/sub/small.txt\" \"$O/sub/small.txt\"")]
    [InlineData("dd if=\"$M/big.bin\" bs=1 skip=1234567 count=4321 status=none | cmp - \"$O/big.bin\" -i 0:1234567 -n 4321")]
    [InlineData("dd if=\"$M/big.bin\" bs=99991 status=none | cmp - \"$O/big.bin\"")]
    [InlineData("dd if=\"$M/big.bin\" bs=4096 iflag=direct status=none | cmp - \"$O/big.bin\"")]
    [InlineData("dd if=\"$M/big.bin\" bs=1M iflag=direct skip=2 count=1 status=none | cmp - \"$O/big.bin\" -i 0:2097152 -n 1048576")]
    [InlineData("cp \"$M/big.bin\" \"$W/c\" && cmp \"$W/c\" \"$O/big.bin\"")]
    [InlineData("cp --sparse=always \"$M/big.bin\" \"$W/c\" && cmp \"$W/c\" \"$O/big.bin\"")]
    [InlineData("cp --reflink=auto --sparse=auto \"$M/big.bin\" \"$W/c\" && cmp \"$W/c\" \"$O/big.bin\"")]
    [InlineData("cp -a \"$M\" \"$W/c\" && diff -r \"$W/c\" \"$O\"")]
    [InlineData("diff -r \"$M\" \"$O\"")]
    [InlineData("rsync -rc --itemize-changes \"$O/\" \"$W/c/\" && test -z \"$(rsync -rcn --itemize-changes \"$M/\" \"$W/c/\" | grep '^>f')\"")]
    [InlineData("tar -C \"$M\" -cf - . | tar -xf - -C \"$W\" && diff -r \"$W\" \"$O\"")]
    [InlineData("cd \"$O\" && find . -type f -exec sha256sum {} + > \"$W/sums\" && cd \"$M\" && sha256sum --quiet -c \"$W/sums\"")]
    [InlineData("tail -c 100 \"$M/big.bin\" | cmp - \"$O/big.bin\" -i 0:4999911")]
    [InlineData("test $(stat -c %s \"$M/big.bin\") -eq 5000011")]
    [InlineData("test $(find \"$M\" -type f | wc -l) -eq 4 && test $(find \"$M\" -mindepth 1 -type d | wc -l) -eq 2")]
    [InlineData("ls -lR \"$M\" | grep -q '5000011.*big.bin'")]
    [InlineData("test $(du -sb --apparent-size \"$M\" | cut -f 1) -ge 5004109")]
    [InlineData("test -e \"$M/empty\" && test ! -s \"$M/empty\" && head -c 1 \"$M/empty\" | cmp - /dev/null")]
    [InlineData("df \"$M\" && test $(df -B1 --output=size \"$M\" | tail -n 1) -ge 5004109")]
    public async Task A_command_line_sees_what_the_seed_has(string line)
    {
        (await ShellAsync(line)).Ok();
    }

    [Fact]
    public async Task A_program_that_maps_the_file_sees_its_bytes()
    {
        await PythonAsync("""
            import mmap
            with open(mounted, "rb") as a, open(original, "rb") as b:
                view = mmap.mmap(a.fileno(), 0, access=mmap.ACCESS_READ)
                data = b.read()
                for at in (4999999, 0, 2500000, 65535):
                    assert view[at:at + 5000] == data[at:at + 5000], at
                assert view[:] == data
            """);
    }

    [Fact]
    public async Task A_program_that_uses_copy_file_range_copies_its_bytes()
    {
        await PythonAsync("""
            import os
            with open(mounted, "rb") as a, open(work + "/copy", "w+b") as c, open(original, "rb") as b:
                left = os.fstat(a.fileno()).st_size
                while left:
                    try:
                        done = os.copy_file_range(a.fileno(), c.fileno(), left)
                    except OSError as error:  # between file systems the kernel may refuse: then say so, as cp expects
                        assert error.errno in (18, 95), error
                        done = os.sendfile(c.fileno(), a.fileno(), None, left)
                    assert done
                    left -= done
                c.seek(0)
                assert c.read() == b.read()
            """);
    }

    [Fact]
    public async Task Forty_readers_of_one_file_at_different_places_all_get_their_bytes()
    {
        await PythonAsync("""
            import concurrent.futures, os, random
            data = open(original, "rb").read()
            file = os.open(mounted, os.O_RDONLY)
            def check(seed):
                rng = random.Random(seed)
                for _ in range(25):
                    at, size = rng.randrange(len(data)), rng.randrange(1, 200_000)
                    assert os.pread(file, size, at) == data[at:at + size], (at, size)
            with concurrent.futures.ThreadPoolExecutor(40) as pool:
                list(pool.map(check, range(40)))
            """);
    }

    private Task<CommandResult> ShellAsync(string line) => new Command("sh", "-ec", line)
        .With("M", _root).With("O", _original).With("W", _folder.Sub("work"))
        .Within(TimeSpan.FromSeconds(Seconds)).RunAsync();

    private async Task PythonAsync(string program)
    {
        var prologue = $"mounted = {Quoted(Path.Combine(_root, "big.bin"))}\noriginal = {Quoted(Path.Combine(_original, "big.bin"))}\nwork = {Quoted(_folder.Sub("work"))}\n";
        (await new Command("/usr/bin/python3", "-c", prologue + program).Within(TimeSpan.FromSeconds(Seconds)).RunAsync()).Ok();
    }

    private static string Quoted(string text) => $"\"{text}\"";
}
