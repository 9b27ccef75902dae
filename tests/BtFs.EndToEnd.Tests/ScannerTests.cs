using System.Globalization;
using System.Text.RegularExpressions;

namespace BtFs.EndToEnd;

/// <summary>Programs that look into every file they find, let loose on a thousand films.</summary>
public sealed partial class ScannerTests : IAsyncLifetime
{
    private const int FileCount = 1000;
    private const int FileLength = 262_147;
    private const int LargeLength = 40_000_000;
    private const int PieceLength = 1 << 16;

    private readonly TemporaryFolder _folder = new();
    private TorrentFixture _torrent = null!;
    private LibtorrentSeed _seed = null!;
    private BtfsMount _mount = null!;
    private string _root = "";

    private string Large => _torrent.Disk(_torrent.Files.Count - 1);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _mount.DisposeAsync();
        await _seed.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Scanners_of_a_thousand_films_move_less_than_64_KiB_of_each_beside_what_they_read()
    {
        await StartAsync(FileCount);
        (await Command.ShellAsync(_root, $"find {_mount.Path} -xdev -ls | tail -n 1")).Ok();
        (await Command.RunAsync("updatedb", "--require-visibility", "no", "--database-root", _mount.Path, "--output", _folder.At("names.db"), "--prunefs", "", "--prunepaths", "")).Ok();
        Assert.Equal(Path.Combine(_root, "folder 9/film 999.mp4"), (await Command.RunAsync("plocate", "--database", _folder.At("names.db"), "film 999")).Ok().Text);
        Assert.Equal(0, (await _seed.StatsAsync()).Payload);

        // A picture is made from the head of each; then what is in each is asked of some.
        var tumblerd = As("tumblerd", "head");
        (await Command.ShellAsync(_root, $"find . -name '*.mp4' -print0 | sort -z | xargs -0 '{tumblerd}' -q -c 40000 | wc -c")).Ok();
        var asked = (await Command.ShellAsync(
            _root, "for n in $(seq 100 25 999); do ffprobe -v error -show_entries format=duration -of csv=p=0 \"folder ${n%??}/film $n.mp4\"; done | sort | uniq -c")).Ok();
        Assert.Matches(@"^ *36 4\.0+$", asked.Text);

        var sent = (await _seed.StatsAsync()).Payload;
        await EndAsync();
        var read = BytesRead("tumblerd") + BytesRead("ffprobe");
        Assert.InRange(read, FileCount * 40_000L, FileCount * 140_000L);
        Assert.InRange(sent, FileCount * 40_000L, read + (FileCount * 65_536L));
    }

    [Fact]
    public async Task A_scanner_that_reads_on_is_stopped_at_16_MiB_of_a_file_and_told_of_once()
    {
        await StartAsync(films: 1);
        var scanner = As("clamscan", "cat");
        var stopped = await Command.ShellAsync(_root, $"'{scanner}' large.bin | wc -c; '{scanner}' large.bin > '{_folder.At("again")}'");

        Assert.Contains("Permission denied", stopped.Errors);
        Assert.InRange(int.Parse(stopped.Text, CultureInfo.InvariantCulture), 15 << 20, 17 << 20);
        Assert.InRange((await _seed.StatsAsync()).Payload, 15 << 20, 17 << 20);

        // What is here is read by it as by everybody, and others read all of it.
        Assert.InRange(new FileInfo(_folder.At("again")).Length, 15 << 20, 17 << 20);
        (await Command.RunAsync("cmp", Path.Combine(_root, "large.bin"), Large)).Ok();
        (await Command.ShellAsync(_root, $"'{scanner}' large.bin | cmp - '{Large}'")).Ok();
        await EndAsync();
        Assert.Single(Told().Matches(_mount.Log));
    }

    [Fact]
    public async Task A_program_that_is_denied_opens_no_file_and_one_that_is_allowed_reads_like_everybody()
    {
        await StartAsync(films: 1);
        var denied = await Command.ShellAsync(_root, $"ls 'folder 0' > /dev/null && '{As("denied", "cat")}' 'folder 0/film 000.mp4'");
        Assert.Equal(1, denied.ExitCode);
        Assert.Contains("Permission denied", denied.Errors);
        Assert.Equal(0, (await _seed.StatsAsync()).Payload);

        (await Command.ShellAsync(_root, $"'{As("exiftool", "cat")}' large.bin | cmp - '{Large}'")).Ok();
    }

    [Fact]
    public async Task Whoever_reads_for_a_scanner_is_bounded_with_it()
    {
        await StartAsync(films: 1);

        // recollindex runs a filter for each kind of file, which is often a script that runs another program.
        var scanner = As("recollindex", "sh");
        var stopped = await Command.ShellAsync(_root, $"'{scanner}' -c 'cat large.bin | wc -c; true'");

        Assert.Contains("Permission denied", stopped.Errors);
        Assert.InRange(int.Parse(stopped.Text, CultureInfo.InvariantCulture), 15 << 20, 17 << 20);
    }

    /// <summary>Mounts a torrent of that many films and a large file.</summary>
    private async Task StartAsync(int films)
    {
        var film = _folder.At("film.mp4");
        (await Command.RunAsync(
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=4,noise=alls=20:allf=t", "-c:v", "libx264", "-preset", "ultrafast",
            "-b:v", "400k", "-pix_fmt", "yuv420p", "-threads", "2", "-movflags", "+faststart", film)).Ok();
        var bytes = await File.ReadAllBytesAsync(film);

        // A box that says nothing makes each as long as the others (ISO/IEC 14496-12, 8.1.2).
        var content = new byte[FileLength];
        bytes.CopyTo(content, 0);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(bytes.Length), FileLength - bytes.Length);
        "free"u8.CopyTo(content.AsSpan(bytes.Length + 4));

        FileShape[] shapes =
        [
            .. Enumerable.Range(0, films).Select(number => new FileShape($"folder {number / 100}/film {number:000}.mp4", FileLength) { Content = content }),
            new FileShape("large.bin", LargeLength),
        ];
        _torrent = TorrentFixture.Make(_folder, "films", PieceLength, shapes);
        _seed = await LibtorrentSeed.StartAsync(_torrent);
        _mount = await BtfsMount.StartAsync(_folder, _torrent.Magnet(_seed.Address), "--verbose", "--deny-process=denied", "--allow-process=exiftool");
        _root = await Same.RootAsync(_torrent, _mount);
    }

    /// <summary>Unmounts, and waits until the log has its last line.</summary>
    private async Task EndAsync()
    {
        (await Command.RunAsync("fusermount3", "-u", _mount.Path)).Ok();
        await Eventually.TrueAsync("the log ends", TimeSpan.FromSeconds(20), () => _mount.Log.Contains("unmounted from"));
    }

    /// <summary>What the kernel asked for on behalf of a program, by what the log says at the end.</summary>
    private long BytesRead(string program)
    {
        var log = _mount.Log;
        var said = Regex.Match(log, $@"{program} \(\w+\): \d+ files opened, (\d+) bytes read");
        Assert.True(said.Success, $"Nothing of {program} in:\n{log}");
        return long.Parse(said.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>A program under another name.</summary>
    private string As(string name, string original)
    {
        var path = _folder.At(name);
        File.Copy(Programs.Find(original), path);
        return path;
    }

    [GeneratedRegex("clamscan has had 16 MiB fetched")]
    private static partial Regex Told();
}
