namespace BtFs.EndToEnd;

/// <summary><c>btfs play</c>: a torrent is mounted for as long as a player runs.</summary>
public sealed class PlayCommandTests : IAsyncLifetime
{
    private const string Mpv = "mpv --no-config --vo=null --ao=null --term-osd-bar=no";

    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder = new();
    private readonly BtfsPlaces _places;
    private TorrentFixture _season = null!;
    private LibtorrentSeed _seed = null!;

    public PlayCommandTests() => _places = BtfsPlaces.In(_folder);

    public async Task InitializeAsync()
    {
        var film = _folder.At("film.mp4");
        (await Command.RunAsync(
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=3", "-f", "lavfi", "-i", "sine=duration=3",
            "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-threads", "2", film)).Ok();
        var bytes = await File.ReadAllBytesAsync(film);
        FileShape Film(string path, int length) => new(path, length) { Content = bytes[..length] };
        _season = TorrentFixture.Make(
            _folder,
            "Show",
            32_768,
            Film("Show S01E10.mp4", bytes.Length),
            Film("Sample/Show S01E01.mp4", 9000),
            Film("Show S01E02.mp4", bytes.Length),
            new FileShape("Show S01E02.srt", 38) { Content = "1\n00:00:00,000 --> 00:00:02,000\nhello\n"u8.ToArray() },
            new FileShape("readme.txt", 500_000));
        _seed = await LibtorrentSeed.StartAsync(_season);
    }

    public async Task DisposeAsync()
    {
        await _seed.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Mpv_plays_the_episodes_in_their_order_with_subtitles_and_not_the_sample()
    {
        await using var play = BtfsPlay.Start(_places, $"--player={Mpv} --no-audio --untimed", _season.Magnet(_seed.Address));

        Assert.True(await play.EndsAsync() == 0, play.Log);
        Assert.Equal(
            ["Show S01E02.mp4", "Show S01E10.mp4"],
            play.Log.Split('\n').Where(line => line.StartsWith("Playing: ", StringComparison.Ordinal)).Select(Path.GetFileName));
        Assert.Contains("Show S01E02.srt", play.Log);
        await _places.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Ctrl_C_goes_to_the_player_and_ends_all()
    {
        // A terminal of its own, on which Ctrl-C is typed once mpv plays.
        var script = $"""
            import os, pty, sys, select, time
            pid, terminal = pty.fork()
            if pid == 0:
                os.execv(sys.argv[1], sys.argv[1:])
            seen, typed, deadline = b"", False, time.monotonic() + 30
            while time.monotonic() < deadline:
                if select.select([terminal], [], [], 0.1)[0]:
                    try:
                        more = os.read(terminal, 4096)
                    except OSError:
                        break
                    if not more:
                        break
                    seen += more
                if not typed and b"AV: 00:00:01" in seen:
                    os.write(terminal, b"\x03")
                    typed = True
            print(typed, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            print(seen[-2000:])
            """;
        var play = _places.Start("play", $"--player={Mpv} --loop-playlist=inf", _season.Magnet(_seed.Address));
        var command = new Command("/usr/bin/python3", ["-c", script, play.FileName, .. play.ArgumentList]).In(_places.Home).With("TERM", "xterm");
        foreach (var name in new[] { "HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "DOTNET_EnableDiagnostics" })
        {
            command.With(name, play.Environment[name]);
        }

        // mpv's own exit code for an interruption.
        Assert.StartsWith("True 4\n", (await command.RunAsync()).Ok().Text);
        Assert.Empty(MountTable.Below(_places.Home));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_places.Home, "run")));
        await _places.AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData(Signals.Terminate)]
    [InlineData(Signals.Hangup)]
    public async Task A_signal_to_btfs_ends_the_player_too(int signal)
    {
        await using var play = BtfsPlay.Start(_places, $"--player={Mpv} --loop-playlist=inf --really-quiet", "--file=1", _season.Magnet(_seed.Address));
        await Eventually.TrueAsync("mpv plays", StartsWithin, () => play.HasEnded || PlayerOf(play).Count > 0);
        var player = Assert.Single(PlayerOf(play));
        Signals.Send(play.Pid, signal);

        await play.EndsAsync();
        Assert.False(Signals.IsAlive(player));
        await _places.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_player_that_fails_at_once_leaves_nothing_and_its_exit_code_is_ours()
    {
        await using var play = BtfsPlay.Start(_places, $"--player={Script("exit 7")}", _season.Magnet(_seed.Address));

        Assert.Equal(7, await play.EndsAsync());
        await _places.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_player_that_is_missing_is_told_before_anything_is_fetched()
    {
        await using var play = BtfsPlay.Start(_places, "--player=no-such-player --fs", _season.Magnet(_seed.Address));

        Assert.Equal(2, await play.EndsAsync());
        Assert.StartsWith("btfs: player no-such-player: there is no such program\nInstall it, or name another", play.Log);
        Assert.Equal(0, (await _seed.StatsAsync()).Payload);
    }

    [Fact]
    public async Task The_list_shows_what_could_be_played_and_fetches_nothing()
    {
        var list = (await _places.Command("play", "--list", _season.Magnet(_seed.Address)).RunAsync()).Ok();

        Assert.Equal(
            [" 1     8.8 KiB  Show/Sample/Show S01E01.mp4", "*2", "*3"],
            list.Text.Split('\n').Select((line, number) => number == 0 ? line : line[..2]));
        Assert.Equal(0, (await _seed.StatsAsync()).Payload);
        await _places.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task No_name_in_a_torrent_is_an_option_or_an_address_to_a_player()
    {
        string[] names = ["--idle.mkv", "-.mp4", "http:/127.0.0.1:1/x.mkv", "edl:/%3%abc.mkv", "$(touch pwned);`id` ' \" \\.avi", "a\nb.mkv", "{}.mkv", "@x.mkv"];
        var torrent = TorrentFixture.Make(_folder, "-hostile --", 32_768, [.. names.Select(name => new FileShape(name, 50_000))]);
        await _seed.AddAsync(torrent);
        var player = Script("for word; do printf '%s\\0' \"$word\"; test ! -f \"$word\" || sha256sum < \"$word\"; done > arguments");
        await using var play = BtfsPlay.Start(_places, $"--player={player} before {{}} after", "--file=*", torrent.Magnet(_seed.Address));

        Assert.True(await play.EndsAsync() == 0, play.Log);
        var told = await File.ReadAllTextAsync(Path.Combine(_places.Home, "arguments"));
        File.Delete(Path.Combine(_places.Home, "arguments"));
        var words = told.Split('\0')[..^1];
        Assert.Equal("before", words[0]);
        Assert.EndsWith("after", words[^1]);
        Assert.Equal(names.Length + 2, words.Length);
        Assert.All(words[1..^1], word => Assert.Matches("^(?:[0-9a-f]{64}  -\n)?/.*/btfs-play-[^/]+/-hostile --/[^\n]*$", word));
        Assert.All(names.Select((_, index) => Sum(torrent.Disk(index))), sum => Assert.Contains(sum, told));
        await _places.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_player_that_hands_the_files_to_another_process_may_end_before_they_are_closed()
    {
        var stop = _folder.At("stop");
        var player = Script($"(exec 3< \"$1\"; while [ ! -e '{stop}' ]; do sleep 0.05; done) < /dev/null > /dev/null 2>&1 & sleep 0.5");
        await using var play = BtfsPlay.Start(_places, $"--player={player}", "--file=2", _season.Magnet(_seed.Address));
        await Eventually.TrueAsync("the player has ended", StartsWithin, () => play.HasEnded || (play.MountPoint is not null && PlayerOf(play).Count == 0 && Readers(play) == 1));

        Assert.False(play.HasEnded, play.Log);
        await File.WriteAllTextAsync(stop, "");
        Assert.Equal(0, await play.EndsAsync());
    }

    /// <summary>The processes that it has started.</summary>
    private static IReadOnlyList<int> PlayerOf(BtfsPlay play) => File.Exists($"/proc/{play.Pid}/task/{play.Pid}/children")
        ? [.. Directory.EnumerateDirectories($"/proc/{play.Pid}/task").SelectMany(Children)]
        : [];

    private static IEnumerable<int> Children(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse);
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>How many processes have a file of the mount open.</summary>
    private static int Readers(BtfsPlay play) => Directory.EnumerateDirectories("/proc")
        .Count(process => int.TryParse(Path.GetFileName(process), out _) && OpenFile(process) is { } open && play.MountPoint is { } mounted && open.StartsWith(mounted, StringComparison.Ordinal));

    private static string? OpenFile(string process)
    {
        try
        {
            return new FileInfo(Path.Combine(process, "fd", "3")).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Sum(string path) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)));

    private string Script(string line)
    {
        var path = _folder.At($"player-{Guid.NewGuid():N}");
        File.WriteAllText(path, $"#!/bin/sh\n{line}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}
