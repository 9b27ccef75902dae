using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BtFs.EndToEnd;

/// <summary>A mount tells how it stands: in its <c>.btfs</c> folder, in attributes, in the log, and through <c>btfs status</c>.</summary>
public sealed partial class StatusTests : IDisposable
{
    private const int PieceLength = 65_536;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_that_tells_of_the_mount_is_found_by_name_and_not_listed()
    {
        var torrent = TorrentFixture.Make(_folder, "told", PieceLength, new FileShape("film.bin", 1_000_003), new FileShape("sub/notes.txt", 70_000));
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.TorrentFile, $"--peer={seed.Address}");
        var copy = _folder.Sub("copy");
        (await mount.ShellAsync($"exec 3< told/film.bin && head -c 100000 <&3 > /dev/null && cat .btfs/status.json > '{_folder.At("status")}' && cp -r . '{copy}'")).Ok();

        Assert.Equal("told", (await mount.ShellAsync("ls -A")).Ok().Text);
        Assert.DoesNotContain(".btfs", (await mount.ShellAsync("find .")).Ok().Text);
        Assert.False(Directory.Exists(Path.Combine(copy, ".btfs")));
        Assert.Equal("log\npeers\npieces\nstatus.json\nstatus.txt", (await mount.ShellAsync("ls .btfs")).Ok().Text);

        var status = JsonNode.Parse(File.ReadAllText(_folder.At("status")))!;
        var told = status["torrents"]![0]!;
        Assert.Equal(mount.Path, (string)status["mount"]!["path"]!);
        Assert.Equal(mount.Pid, (int)status["mount"]!["process"]!);
        Assert.Equal((torrent.InfoHash, "incomplete"), ((string)told["infohash"]!, (string)told["state"]!));
        Assert.InRange((long)told["present"]!, 100_000, torrent.Length);
        Assert.Equal(["/told/film.bin", "/told/sub/notes.txt"], told["files"]!.AsArray().Select(file => (string)file!["path"]!).ToArray());
        Assert.Equal("/told/film.bin", (string)told["readers"]![0]!["file"]!);
        Assert.InRange((long)told["readers"]![0]!["position"]!, 100_000, 1_000_003);
        Assert.Equal(seed.Address.ToString(), (string)told["peers"]![0]!["address"]!);
        Assert.Equal("btfs test seed", (string)told["peers"]![0]!["client"]!);

        Assert.Contains("told/film.bin", (await mount.ShellAsync("cat .btfs/status.txt")).Ok().Text);
        Assert.Contains(seed.Address.ToString(), (await mount.ShellAsync("cat .btfs/peers")).Ok().Text);

        // What is told may be a fifth of a second old.
        await Eventually.TrueAsync("all pieces are told to be here", TimeSpan.FromSeconds(3), async () =>
            (await mount.ShellAsync("cat .btfs/pieces")).Ok().Text.Contains($"0-{(torrent.Length - 1) / PieceLength} have", StringComparison.Ordinal));
        Assert.Contains("told is mounted at", (await mount.ShellAsync("cat .btfs/log")).Ok().Text);
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task Nobody_but_the_owner_and_root_looks_into_the_folder_that_tells_of_the_mount()
    {
        const string Somebody = "65534";
        var torrent = TorrentFixture.Make(_folder, "shared", PieceLength, new FileShape("a.bin", 100_000));
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.TorrentFile, "-o", $"allow_other,uid={Somebody}");
        foreach (var way in Ancestors(mount.Path))
        {
            File.SetUnixFileMode(way, (UnixFileMode)0b111_101_101);
        }

        (await AsAsync(Somebody, "cat .btfs/status.json && ls .btfs")).Ok();
        (await AsAsync("0", "cat .btfs/status.json && ls .btfs")).Ok();
        foreach (var line in new[] { "cat .btfs/status.json", "cat .btfs/log", "ls .btfs" })
        {
            Assert.Contains("Permission denied", (await AsAsync("65533", line)).Errors);
        }

        Assert.Equal("shared", (await AsAsync("65533", "ls -A")).Ok().Text);
        await mount.UnmountAsync();

        Task<CommandResult> AsAsync(string user, string line) =>
            new Command("setpriv", "--reuid", user, "--regid", user, "--clear-groups", "sh", "-c", $"cd '{mount.Path}' && {line}").RunAsync();
    }

    [Fact]
    public async Task A_torrent_cannot_pass_for_the_folder_that_tells_of_the_mount()
    {
        var torrent = TorrentFixture.Make(_folder, ".btfs", PieceLength, new FileShape("status.json", 100));
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.TorrentFile);

        Assert.Equal(".btfs (2)", (await mount.ShellAsync("ls -A")).Ok().Text);
        Assert.Equal("status.json", (await mount.ShellAsync("ls '.btfs (2)'")).Ok().Text);
        Assert.Equal(torrent.InfoHash, (string)JsonNode.Parse((await mount.ShellAsync("cat .btfs/status.json")).Ok().Text)!["torrents"]![0]!["infohash"]!);
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task A_read_that_waits_is_explained_in_an_attribute_in_the_status_and_in_the_log()
    {
        var torrent = TorrentFixture.Make(_folder, "stalled", PieceLength, new FileShape("film.bin", 300_000));
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.TorrentFile);
        using var reader = await WaitingReader.StartAsync("cat", mount.At("stalled/film.bin"));
        const string Why = "piece 0 of film.bin: no peer is connected (trackers: none; DHT: not used)";

        await Eventually.TrueAsync("the attribute tells", TimeSpan.FromSeconds(3), async () =>
            await AttributeAsync("waiting") == Why);
        Assert.Equal("0-299999", await AttributeAsync("missing"));
        Assert.Equal("0", await AttributeAsync("availability"));
        var waiting = JsonNode.Parse((await mount.ShellAsync("cat .btfs/status.json")).Ok().Text)!["torrents"]![0]!["readers"]![0]!;
        Assert.Equal(("cat", reader.Pid, 0), ((string)waiting["program"]!, (int)waiting["process"]!, (int)waiting["wait"]!["piece"]!));
        await Eventually.TrueAsync("the log tells", TimeSpan.FromSeconds(6), () => mount.Log.Contains(Why, StringComparison.Ordinal));
        Assert.Contains(Why, (await mount.ShellAsync("cat .btfs/log")).Ok().Text);

        await reader.DiesOfAsync(Signals.Interrupt);
        await mount.UnmountAsync();

        // Not getfattr, which cannot print an empty value alone.
        async Task<string> AttributeAsync(string name) => (await Command.RunAsync(
            "/usr/bin/python3", "-c", $"import os; print(os.getxattr('{mount.At("stalled/film.bin")}', 'user.btfs.{name}').decode())")).Ok().Text;
    }

    [Fact]
    public async Task The_status_command_shows_mounts_and_says_what_is_none_and_what_does_not_answer()
    {
        var torrent = TorrentFixture.Make(_folder, "shown", PieceLength, new FileShape("film.bin", 300_000));
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.TorrentFile);

        Assert.Contains("shown  incomplete", (await StatusAsync(mount.Path)).Ok().Text);
        Assert.Contains($"{mount.Path}  btfs ", (await StatusAsync()).Ok().Text);
        Assert.Equal(torrent.InfoHash, (string)JsonNode.Parse((await StatusAsync("--json", mount.Path)).Ok().Text)!["torrents"]![0]!["infohash"]!);
        Assert.Contains(JsonNode.Parse((await StatusAsync("--json")).Ok().Text)!.AsArray(), one => (string)one!["mount"]!["path"]! == mount.Path);

        AssertRefused(4, "is no mount of btfs", await StatusAsync(_folder.Sub("plain")));
        AssertRefused(4, "is no mount of btfs", await StatusAsync("/nowhere/at/all"));
        AssertRefused(1, "--watch: cannot be combined with --json", await StatusAsync("--watch", "--json"));
        AssertRefused(1, "--watch: needs a terminal", await StatusAsync("--watch"));

        Signals.Send(mount.Pid, Signals.Stop);
        var unanswered = await StatusAsync(mount.Path);
        var others = await StatusAsync();
        Signals.Send(mount.Pid, Signals.Continue);
        AssertRefused(4, "does not answer", unanswered);
        Assert.InRange(unanswered.Took.TotalSeconds, 2.5, 15);
        Assert.Contains($"{mount.Path}  does not answer", others.Ok().Text);

        await mount.KillAsync();
        AssertRefused(4, "the program behind it has died", await StatusAsync(mount.Path));
        Assert.Contains($"{mount.Path}  the program behind it has died", (await StatusAsync()).Ok().Text);
        (await Command.RunAsync("fusermount3", "-uz", mount.Path)).Ok();

        Task<CommandResult> StatusAsync(params string[] words) => new Command(BtfsProgram.Path, ["status", .. words]).RunAsync();

        static void AssertRefused(int code, string what, CommandResult result)
        {
            Assert.Equal(code, result.ExitCode);
            Assert.StartsWith("btfs: ", result.Errors);
            Assert.Contains(what, result.Errors);
        }
    }

    [Fact]
    public async Task Watching_shows_the_reader_going_on_and_draws_over_what_was_there_without_clearing_it()
    {
        var torrent = TorrentFixture.Make(_folder, "watched 映画", PieceLength, new FileShape("映画.bin", 6_000_000));
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.TorrentFile, $"--peer={seed.Address}", "--max-download-rate=400k");
        await using var pane = await TerminalPane.StartAsync(_folder, 110, 30, $"{BtfsProgram.Path} status --watch '{mount.Path}'; echo ended with $?");
        var copy = mount.ShellAsync("cat watched*/映画.bin | wc -c");

        var first = await pane.UntilAsync("the reader is shown", screen => Reader().IsMatch(screen) && PercentIn(screen) is > 0 and < 90);
        Assert.Contains("watched 映画  incomplete", first);
        Assert.Contains(seed.Address.ToString(), first);
        await pane.UntilAsync("it has gone on", screen => Reader().IsMatch(screen) && PercentIn(screen) > PercentIn(first));

        await pane.ResizeAsync(60, 8);
        var small = await pane.UntilAsync("it fits the smaller terminal", screen => screen.Contains("more lines; q quits", StringComparison.Ordinal));
        Assert.All(small.Split('\n'), line => Assert.InRange(line.Length, 0, 60));
        await pane.ResizeAsync(110, 30);
        await pane.UntilAsync("it fits the larger one", screen => screen.Contains(seed.Address.ToString(), StringComparison.Ordinal));

        await pane.TypeAsync("q");
        var after = await pane.UntilAsync("it ends", screen => screen.Contains("ended with 0", StringComparison.Ordinal));
        Assert.DoesNotContain("READER", after);
        var written = pane.Written;
        Assert.DoesNotContain("\x1b[2J", written);
        Assert.DoesNotContain("\x1b[J", written);
        Assert.Equal((1, 1), (Count(written, "\x1b[?1049h"), Count(written, "\x1b[?1049l")));
        Assert.Equal((1, 1), (Count(written, "\x1b[?25l"), Count(written, "\x1b[?25h")));
        Assert.InRange(Count(written, "\x1b[H"), 3, 100);
        Assert.Equal("6000000", (await copy).Ok().Text);

        // Typed words are shown again: the terminal is as it was.
        await pane.TypeAsync("echo visi'ble'", "Enter");
        await pane.UntilAsync("what is typed is seen", screen => screen.Contains("echo visi'ble'", StringComparison.Ordinal) && screen.Contains("\nvisible", StringComparison.Ordinal));
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task Watching_ends_with_Ctrl_C_and_leaves_the_terminal_as_it_was()
    {
        var torrent = TorrentFixture.Make(_folder, "watched", PieceLength, new FileShape("a.bin", 100_000));
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.TorrentFile);
        await using var pane = await TerminalPane.StartAsync(_folder, 80, 24, $"NO_COLOR=1 {BtfsProgram.Path} status -w {mount.Path}; stty -a | grep -wo 'icanon\\|echo'; echo done");
        await pane.UntilAsync("it is shown", screen => screen.Contains("watched  incomplete", StringComparison.Ordinal));
        await pane.TypeAsync("C-z");
        await pane.TypeAsync("C-c");

        var after = await pane.UntilAsync("it has ended", screen => screen.Contains("\ndone", StringComparison.Ordinal));
        Assert.Contains("icanon\necho\ndone", after);
        Assert.DoesNotContain("\x1b[1m", pane.Written);
        await mount.UnmountAsync();
    }

    private static int Count(string text, string part) => (text.Length - text.Replace(part, "", StringComparison.Ordinal).Length) / part.Length;

    private static int PercentIn(string screen) => Reader().Match(screen) is { Success: true } match ? int.Parse(match.Groups[1].Value) : -1;

    private static IEnumerable<string> Ancestors(string path)
    {
        for (var way = Path.GetDirectoryName(path); way is not null && way.StartsWith("/tmp/", StringComparison.Ordinal); way = Path.GetDirectoryName(way))
        {
            yield return way;
        }
    }

    [GeneratedRegex(@"^ *cat +\d+ +watched 映画/映画.bin +(\d+) %", RegexOptions.Multiline)]
    private static partial Regex Reader();
}
