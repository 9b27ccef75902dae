using System.Globalization;
using BtFs.Protocol.Metainfo;
using BtFs.Testing;

namespace BtFs.Tests;

/// <summary>What people get for what cannot work: one clear line, mostly a remedy, the promised exit code, and nothing left behind.</summary>
public sealed class BadInputTests : IDisposable
{
    private const string Hash = "0123456789abcdef0123456789abcdef01234567";

    private readonly string _home = Directory.CreateTempSubdirectory("btfs-program-test-").FullName;

    public BadInputTests()
    {
        Directory.CreateDirectory(Path.Combine(_home, "mnt"));
        Directory.CreateDirectory(Path.Combine(_home, "full"));
        File.WriteAllText(Path.Combine(_home, "full", "file"), "");
        File.WriteAllText(Path.Combine(_home, "page.torrent"), "<html>Please log in</html>");
        File.WriteAllText(Path.Combine(_home, "empty.torrent"), "");
        File.WriteAllText(Path.Combine(_home, "bomb.torrent"), new string('l', 100_000));
        File.WriteAllText(Path.Combine(_home, "evil\u001b[31m.torrent"), "not a torrent");
        File.WriteAllText(Path.Combine(_home, "[group] show"), "not a torrent");
        File.WriteAllText(Path.Combine(_home, "[group]"), "not a torrent");
        var torrent = TorrentWriter.Write(new TorrentDraft
        {
            Name = "show", PieceLength = 16384, Files = [TorrentOf.File("a", 1)], PieceHashes = new byte[20],
        });
        File.WriteAllBytes(Path.Combine(_home, "good.torrent"), torrent);
        File.WriteAllBytes(Path.Combine(_home, "cut.torrent"), torrent[..^5]);
        using var large = File.Create(Path.Combine(_home, "large.torrent"));
        large.SetLength(MetainfoLimits.MaxTorrentBytes + 1);
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Theory]
    [InlineData(1, "SOURCE: missing", "")]
    [InlineData(1, "MOUNTPOINT: missing", "good.torrent")]
    [InlineData(1, "looks cut at '&'", "magnet:?xt=urn:btih:" + Hash)]
    [InlineData(1, "MOUNTPOINT: missing", "magnet:?xt=urn:btih:" + Hash + "&dn=x")]
    [InlineData(1, "--max-connections must be from 1 to 4000", "--max-connections=0 good.torrent mnt")]
    [InlineData(1, "nowhere: no such folder", "--watch=nowhere mnt")]
    [InlineData(3, "none.torrent: no such file", "none.torrent page.torrent mnt")]
    [InlineData(4, "does not exist", "good.torrent mnt extra")]
    [InlineData(4, "is not empty", "full")]
    [InlineData(1, "--nonsense: unknown option", "--nonsense good.torrent mnt")]
    [InlineData(1, "-x: unknown option", "good.torrent mnt -x")]
    [InlineData(1, "-o nonsense: unknown mount option", "-o ro,nonsense good.torrent mnt")]
    [InlineData(1, "-o umask=9: a mask is octal", "-o umask=9 good.torrent mnt")]
    [InlineData(1, "--min-port=65536: a port", "--min-port=65536 good.torrent mnt")]
    [InlineData(1, "--min-port and --max-port", "--min-port=3 --max-port=2 good.torrent mnt")]
    [InlineData(1, "--max-download-rate=fast: a rate", "--max-download-rate=fast good.torrent mnt")]
    [InlineData(1, "--encryption=always: it is prefer, require or off", "--encryption=always good.torrent mnt")]
    [InlineData(1, "--proxy: it is socks5://HOST:PORT", "--proxy=http://127.0.0.1:8080 good.torrent mnt")]
    [InlineData(1, "--proxy: name the proxy by its address", "--proxy=socks5://proxy.example:1080 good.torrent mnt")]
    [InlineData(1, "--proxy: name the proxy by its address", "--proxy=socks5://127.0.0.1 good.torrent mnt")]
    [InlineData(1, "--proxy: name the proxy by its address", "--proxy=socks5://127.0.0.1:0 good.torrent mnt")]
    [InlineData(1, "--proxy: a user name and a password", "--proxy=socks5://me@127.0.0.1:1080 good.torrent mnt")]
    [InlineData(2, "--bind=nosuchwire: there is no network interface", "--bind=nosuchwire good.torrent mnt")]
    [InlineData(2, "--bind=192.0.2.77: '192.0.2.77' is no address of this machine", "--bind=192.0.2.77 good.torrent mnt")]
    [InlineData(1, "nosuchfile: no such file", "--ip-filter=nosuchfile good.torrent mnt")]
    [InlineData(1, "none of its 1 lines", "--ip-filter=page.torrent good.torrent mnt")]
    [InlineData(1, "--prefetch=most: what to fetch without a reader is", "--prefetch=most good.torrent mnt")]
    [InlineData(1, "--cache-size=big: a size", "--cache-size=big good.torrent mnt")]
    [InlineData(1, "--cache-size=101%: a size", "--cache-size=101% good.torrent mnt")]
    [InlineData(1, "--cache-min-free=unlimited: a size", "--cache-min-free=unlimited good.torrent mnt")]
    [InlineData(1, "--cache=ram: it is disk, memory", "--cache=ram good.torrent mnt")]
    [InlineData(1, "--cache=memory:1k: it is disk, memory", "--cache=memory:1k good.torrent mnt")]
    [InlineData(1, "--cache=memory: nothing is written to a disk", "--cache=memory --cache-size=1G good.torrent mnt")]
    [InlineData(1, "--cache=memory: nothing is written to a disk", "--cache=memory --keep good.torrent mnt")]
    [InlineData(1, "--max-peers=many: is not a whole number", "--max-peers=many good.torrent mnt")]
    [InlineData(1, "--max-peers must be from 1 to 1000, but is 0", "--max-peers=0 good.torrent mnt")]
    [InlineData(1, "--read-timeout=0: a time", "--read-timeout=0 good.torrent mnt")]
    [InlineData(1, "--read-timeout: needs a value", "good.torrent mnt --read-timeout")]
    [InlineData(1, "--keep-all: unknown option", "good.torrent mnt --keep-all")]
    [InlineData(1, "--peer nobody: a peer is HOST:PORT", "--peer=nobody good.torrent mnt")]
    [InlineData(3, "btfs: no such file", "btfs mnt")]
    [InlineData(3, "none.torrent: no such file", "mount none.torrent mnt")]
    [InlineData(3, "none.torrent: no such file", "none.torrent mnt")]
    [InlineData(3, "none/x.torrent: no such file", "none/x.torrent mnt")]
    [InlineData(3, "mnt: is a directory", "mnt mnt")]
    [InlineData(3, "page.torrent: the file is not a torrent", "page.torrent mnt")]
    [InlineData(3, "empty.torrent: the file is not a torrent", "empty.torrent mnt")]
    [InlineData(3, "cut.torrent: the file is not a torrent", "cut.torrent mnt")]
    [InlineData(3, "bomb.torrent: the file is not a torrent", "bomb.torrent mnt")]
    [InlineData(3, "large.torrent: larger than 64 MiB", "large.torrent mnt")]
    [InlineData(3, "[group]: the file is not a torrent", "[group] mnt")]
    [InlineData(3, "magnet link: ", "magnet:?xt=urn:btih:0123 mnt")]
    [InlineData(3, "magnet link: ", "magnet:?dn=name&tr=udp://127.0.0.1:1 mnt")]
    [InlineData(3, "version 2 only", "magnet:?xt=urn:btmh:1220" + Hash + "0123456789abcdef01234567 mnt")]
    [InlineData(3, "version 2 only", Hash + "0123456789abcdef01234567 mnt")]
    [InlineData(3, "http://127.0.0.1:1/x.torrent: ", "http://127.0.0.1:1/x.torrent?passkey=secret mnt")]
    [InlineData(4, "does not exist", "good.torrent nowhere")]
    [InlineData(4, "is not a directory", "good.torrent cut.torrent")]
    [InlineData(4, "is not empty", "good.torrent full")]
    public async Task A_bad_input_gets_one_clear_line_and_its_exit_code(int code, string text, string arguments)
    {
        var background = await RunAsync(arguments);
        var foreground = await RunAsync("-f " + arguments);

        Assert.Equal((code, code), (background.Code, foreground.Code));
        Assert.Equal(foreground.Errors, background.Errors);
        Assert.Equal("", background.Output);
        Assert.StartsWith("btfs: ", background.Errors, StringComparison.Ordinal);
        Assert.Contains(text, background.Errors.Split('\n')[0], StringComparison.Ordinal);
        Assert.InRange(background.Errors.Count(c => c == '\n'), 1, 2);
        Assert.DoesNotContain("secret", background.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(_home, await File.ReadAllTextAsync("/proc/self/mounts"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "--nonsense: unknown option", "cache clean --nonsense")]
    [InlineData(1, "list: no infohash", "cache clean list")]
    [InlineData(1, "--all: makes no sense with one torrent", "cache clean --all 01")]
    [InlineData(1, "01: no such torrent in the cache", "cache clean 01")]
    [InlineData(1, "--keep: is no option of 'btfs cache'", "--keep cache")]
    [InlineData(1, "MOUNTPOINT: missing", "unmount")]
    [InlineData(1, "-q: unknown option", "unmount -q mnt")]
    [InlineData(1, "extra: one operand too many", "unmount mnt extra")]
    [InlineData(4, "mnt: is not a mount point", "unmount mnt")]
    [InlineData(4, "nowhere: does not exist", "unmount nowhere")]
    [InlineData(4, "/proc: is no mount of btfs but one of type proc", "unmount /proc")]
    [InlineData(1, "SOURCE: missing", "list")]
    [InlineData(1, "mnt: one operand too many", "list good.torrent mnt")]
    [InlineData(1, "--nonsense: unknown option", "list --nonsense")]
    [InlineData(3, "none.torrent: no such file", "list none.torrent")]
    [InlineData(3, "cut.torrent: the file is not a torrent", "list cut.torrent")]
    [InlineData(5, "magnet link: nobody sent the torrent's description within 0.2 s", "list --metadata-timeout=0.2 --min-port=0 --max-port=0 magnet:?xt=urn:btih:" + Hash)]
    [InlineData(1, "completion: name one shell", "completion")]
    [InlineData(1, "tcsh: name one shell", "completion tcsh")]
    [InlineData(1, "nonsense: there is no such command", "help nonsense")]
    [InlineData(1, "--nonsense: unknown option", "doctor --nonsense")]
    [InlineData(1, "b: one operand too many", "doctor a b")]
    [InlineData(1, "MOUNTPOINT: missing", "btfsstat")]
    [InlineData(2, "mnt: is not a btfs mount", "btfsstat mnt")]
    [InlineData(1, "--wait=long: it is ready or none", "--wait=long good.torrent mnt")]
    [InlineData(2, "--log-file=", "--wait=none --log-file=none/x good.torrent mnt")]
    [InlineData(4, "nowhere does not exist", "--wait=none good.torrent nowhere")]
    [InlineData(1, "PATH: missing", "seed")]
    [InlineData(1, "--what: unknown option", "seed --what full")]
    [InlineData(1, "mnt: one operand too many", "seed full mnt")]
    [InlineData(1, "--port=x: a port", "seed --port=x full")]
    [InlineData(1, "--tracker ftp://a: a tracker", "seed --tracker=ftp://a full")]
    [InlineData(1, "--peer-hint a:1: a host", "seed --peer-hint=a:1 full")]
    [InlineData(1, "--peer-hint: nobody can call through the proxy", "seed --peer-hint=example.org --proxy=socks5://127.0.0.1:1080 full")]
    [InlineData(1, "--proxy: nobody is found through it", "seed --tracker=udp://t.example:80 --proxy=socks5://127.0.0.1:1080 full")]
    [InlineData(1, "--port: nobody can call through the proxy", "seed --port=6881 --proxy=socks5://127.0.0.1:1080 full")]
    [InlineData(2, "--torrent-out=", "seed --torrent-out=none/x page.torrent")]
    [InlineData(3, "none: ", "seed none")]
    [InlineData(3, "mnt: ", "seed mnt")]
    public async Task Other_commands_refuse_as_clearly(int code, string text, string arguments)
    {
        var run = await RunAsync(arguments);

        Assert.Equal((code, ""), (run.Code, run.Output));
        Assert.StartsWith("btfs: ", run.Errors, StringComparison.Ordinal);
        Assert.Contains(text, run.Errors.Split('\n')[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "needs a source and a directory", "good.torrent")]
    [InlineData(1, "-o nonsense: unknown mount option", "good.torrent mnt -o nonsense")]
    [InlineData(32, "none.torrent: no such file", "none.torrent mnt")]
    [InlineData(32, "does not exist", "good.torrent nowhere -o rw")]
    [InlineData(32, "magnet link: nobody sent", "magnet:?xt=urn:btih:" + Hash + " mnt -o metadata_timeout=0.2,min_port=0,max_port=0")]
    [InlineData(0, "", "-f good.torrent mnt")]
    [InlineData(32, "does not exist", "-f good.torrent nowhere")]
    public async Task As_the_helper_of_mount_it_ends_with_the_codes_of_mount(int code, string text, string arguments)
    {
        var helper = Path.Combine(_home, "mount.btfs");
        File.CreateSymbolicLink(helper, ProgramRun.Program);
        using var process = ProgramRun.Start(helper, _home, new Dictionary<string, string>(), arguments.Split(' '));

        var run = await ProgramRun.EndOfAsync(process);

        Assert.Equal((code, ""), (run.Code, run.Output));
        Assert.Contains(text, run.Errors.Split('\n')[0], StringComparison.Ordinal);
        Assert.DoesNotContain(_home, await File.ReadAllTextAsync("/proc/self/mounts"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_environment_says_wrong_is_told_with_the_name_of_the_variable()
    {
        using var wrong = ProgramRun.Start(ProgramRun.Program, _home, new Dictionary<string, string> { ["BTFS_CACHE_SIZE"] = "big" }, "good.torrent", "mnt");
        using var unknown = ProgramRun.Start(ProgramRun.Program, _home, new Dictionary<string, string> { ["BTFS_FROBNICATE"] = "1" }, "--verbose", "none.torrent", "mnt");

        Assert.StartsWith("btfs: BTFS_CACHE_SIZE: --cache-size=big: a size", (await ProgramRun.EndOfAsync(wrong)).Errors, StringComparison.Ordinal);
        Assert.StartsWith("btfs: BTFS_FROBNICATE: no option is called so", (await ProgramRun.EndOfAsync(unknown)).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mount_that_is_to_be_writable_is_told_to_be_read_only()
    {
        var told = await RunAsync("-o rw none.torrent mnt");
        var quiet = await RunAsync("-q -o rw none.torrent mnt");

        Assert.StartsWith("btfs: -o rw: a torrent cannot be changed", told.Errors, StringComparison.Ordinal);
        Assert.StartsWith("btfs: none.torrent: no such file", quiet.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_line_of_the_users_file_is_told_with_file_and_line()
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(_home, ".config", "btfs")).FullName, "config");
        await File.WriteAllTextAsync(file, "# mine\nmax-peers = many\n");

        Assert.StartsWith($"btfs: {file}:2: --max-peers=many: is not a whole number", (await RunAsync("good.torrent mnt")).Errors, StringComparison.Ordinal);
        Assert.StartsWith("btfs: none.torrent: no such file", (await RunAsync("--no-config none.torrent mnt")).Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("--help")).Code);
    }

    [Fact]
    public async Task What_cannot_be_seeded_is_named_once()
    {
        var run = await RunAsync("seed none");

        Assert.Equal(2, run.Errors.Split("/none").Length);
    }

    [Fact]
    public async Task No_escape_sequence_reaches_the_terminal()
    {
        var run = await ProgramRun.OfAsync(_home, "evil\u001b[31m.torrent", "mnt");

        Assert.Equal(3, run.Code);
        Assert.Contains("evil?[31m.torrent: ", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Errors, c => char.IsControl(c) && c != '\n');
    }

    [Fact]
    public async Task A_script_with_an_empty_variable_is_told_which_operand_is_empty()
    {
        var noSource = await ProgramRun.OfAsync(_home, "", "mnt");
        var noMountPoint = await ProgramRun.OfAsync(_home, "good.torrent", "");

        Assert.Equal((1, 1), (noSource.Code, noMountPoint.Code));
        Assert.StartsWith("btfs: SOURCE: is empty", noSource.Errors, StringComparison.Ordinal);
        Assert.StartsWith("btfs: MOUNTPOINT: is empty", noMountPoint.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_with_spaces_and_brackets_is_a_name() =>
        Assert.StartsWith("btfs: [group] show: the file is not a torrent", (await ProgramRun.OfAsync(_home, "[group] show", "mnt")).Errors, StringComparison.Ordinal);

    [Theory]
    [InlineData("--version", "btfs version: 0.1.0")]
    [InlineData("-v", "btfs version: 0.1.0")]
    [InlineData("-V", "btfs version: 0.1.0")]
    [InlineData("--help", "usage: btfs [options] SOURCE MOUNTPOINT")]
    [InlineData("-h", "usage: btfs [options] SOURCE MOUNTPOINT")]
    [InlineData("--help-fuse", "words that may follow -o")]
    [InlineData("--nonsense -h", "usage: btfs [options] SOURCE MOUNTPOINT")]
    public async Task Help_and_version_go_to_standard_output_and_succeed(string arguments, string text)
    {
        var run = await RunAsync(arguments);

        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.StartsWith(text, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-f")]
    [InlineData("--verbose")]
    public async Task A_magnet_that_nobody_describes_in_time_ends_with_5(string option)
    {
        var run = await ProgramRun.OfAsync(_home, option, "--metadata-timeout=0.3", "--min-port=0", "--max-port=0", $"magnet:?xt=urn:btih:{Hash}", "mnt");

        Assert.Equal(5, run.Code);
        Assert.StartsWith("btfs: magnet link: nobody sent the torrent's description within 0.3 s", run.Errors, StringComparison.Ordinal);
        Assert.Contains("--metadata-timeout=", run.Errors.Split('\n')[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-f", "TERM")]
    [InlineData("-f", "INT")]
    [InlineData("-f", "HUP")]
    [InlineData("--verbose", "TERM")]
    public async Task A_signal_ends_the_waiting_for_a_magnet_and_leaves_no_process(string option, string signal)
    {
        using var process = ProgramRun.Start(_home, option, "--min-port=0", "--max-port=0", $"magnet:?xt=urn:btih:{Hash}", "mnt");
        await ProgramRun.UntilAsync(() => IsAtWork(process.Id));
        using var kill = System.Diagnostics.Process.Start("kill", ["-s", signal, process.Id.ToString(CultureInfo.InvariantCulture)]);

        var run = await ProgramRun.EndOfAsync(process);

        Assert.Equal(130, run.Code);
        Assert.Equal("btfs: interrupted; nothing is mounted\n", run.Errors);
        Assert.Empty(ProgramRun.ProcessesAt(_home));
    }

    private Task<ProgramRun> RunAsync(string arguments) => ProgramRun.OfAsync(_home, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Whether the program has come to its work: in the foreground it then stands in <c>/</c>, else it has a second process.</summary>
    private static bool IsAtWork(int process) =>
        new FileInfo($"/proc/{process}/cwd").LinkTarget == "/" || File.ReadAllText($"/proc/{process}/task/{process}/children").Length > 0;
}
