using BtFs.Mount;
using BtFs.Playing;

namespace BtFs.Tests;

public sealed class PlayingTests : IDisposable
{
    private const long MiB = 1 << 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("btfs-players-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Of_a_film_with_a_sample_and_a_trailer_the_film_is_played()
    {
        Assert.Equal(["Film/film.mkv"], Played("Film/Sample/film.mkv:50", "Film/film.mkv:4000", "Film/film-sample.mkv:40", "Film/Trailer.mp4:90", "Film/readme.txt:5000"));
        Assert.Equal(["Film/The Sample (1999).mkv"], Played("Film/The Sample (1999).mkv:4000", "Film/Extras/making of.mkv:1500", "Film/other.avi:2000"));
        Assert.Equal(["only-sample.mkv"], Played("only-sample.mkv:40"));
        Assert.Equal(["b.mkv"], Played("a.mkv:100", "b.mkv:200", "z.mkv:150"));
    }

    [Fact]
    public void A_season_is_played_in_the_order_of_its_episodes()
    {
        Assert.Equal(
            ["S/The.Show.s01e02.mkv", "S/the show S01E10.mkv", "S/Show 2x01.mkv"],
            Played("S/Show 2x01.mkv:300", "S/the show S01E10.mkv:310", "S/The.Show.s01e02.mkv:290", "S/Featurettes/S01E01 making of.mkv:200", "S/Show.S01E03.sample.mkv:10"));
        Assert.Equal(["S/2 - b.mkv", "S/10 - a.mkv"], Played("S/10 - a.mkv:100", "S/2 - b.mkv:100", "S/intro.mkv:90"));
        Assert.Equal(["CD1/film.avi", "CD2/film.avi"], Played("CD2/film.avi:700", "CD1/film.avi:650"));
        Assert.Equal(["Movies 2020/B.mkv"], Played("Movies 2020/A.mkv:700", "Movies 2020/B.mkv:750"));
        Assert.Equal(["Show.1920x1080.mkv"], Played("Show.1920x1080.mkv:700", "Other.1920x1080.mkv:300"));
    }

    [Fact]
    public void An_album_is_played_in_the_order_of_its_tracks() => Assert.Equal(
        ["A/CD1/1 x.flac", "A/CD1/2 y.flac", "A/CD2/1 z.flac"],
        Played("A/CD2/1 z.flac:30", "A/CD1/2 y.flac:30", "A/CD1/1 x.flac:40", "A/clip.mp4:20", "A/cover.jpg:2"));

    [Fact]
    public void Where_there_is_nothing_to_play_nothing_is_chosen() => Assert.Empty(Played("a.txt:1", "b.iso:700"));

    [Theory]
    [InlineData("2", "Show/S01E02 b.mkv")]
    [InlineData("*e01*", "Show/S01E01 a.mkv")]
    [InlineData("show/s01e0?*", "Show/S01E01 a.mkv", "Show/S01E02 b.mkv")]
    [InlineData("Show/", "Show/S01E01 a.mkv", "Show/S01E02 b.mkv", "Show/S01E10 [x].mkv", "Show/theme.mp3")]
    [InlineData("S01E10 [x].mkv", "Show/S01E10 [x].mkv")]
    [InlineData("/Show/theme.mp3", "Show/theme.mp3")]
    [InlineData("S02*")]
    [InlineData("9")]
    [InlineData("0")]
    public void Files_are_named_by_number_path_name_or_folder(string pattern, params string[] expected) => Assert.Equal(
        expected,
        MediaChoice.Named(List("Show/theme.mp3:3", "Show/S01E10 [x].mkv:100", "Show/S01E01 a.mkv:100", "Show/S01E02 b.mkv:100"), pattern).Select(file => file.Path));

    [Theory]
    [InlineData("2", "10")]
    [InlineData("a2b", "A10")]
    [InlineData("01", "2")]
    [InlineData("99999999999999999999998", "99999999999999999999999")]
    [InlineData("a/z", "a b/a")]
    [InlineData("a", "a/b")]
    [InlineData("", "a")]
    public void Numbers_are_ordered_as_numbers(string first, string second)
    {
        Assert.True(NaturalOrder.Comparer.Compare(first, second) < 0);
        Assert.True(NaturalOrder.Comparer.Compare(second, first) > 0);
        Assert.Equal(0, NaturalOrder.Comparer.Compare(first, first));
    }

    [Fact]
    public void Subtitles_belong_to_the_film_beside_them()
    {
        var film = Assert.Single(List("F/film.mkv:900", "F/film.en.srt:1", "F/film 2.srt:1", "F/Subs/English.srt:1", "F/Subs/3_\n.srt:1", "srt/x.srt:1").Files);
        Assert.Equal(["F/film.en.srt", "F/Subs/English.srt"], film.Subtitles);

        var season = List("S/a.mkv:900", "S/b.mkv:900", "S/Subs/a/2.srt:1", "S/Subs/b.de.ass:1").Files;
        Assert.Equal(["S/Subs/a/2.srt"], season[0].Subtitles);
        Assert.Equal(["S/Subs/b.de.ass"], season[1].Subtitles);
    }

    [Theory]
    [InlineData("mpv --fs", "mpv", "--fs")]
    [InlineData("  mpv\t'--title=a b'  \"c \\\" d\" e\\ f ''", "mpv", "--title=a b", "c \" d", "e f", "")]
    [InlineData("mpv $HOME `id` ;rm *", "mpv", "$HOME", "`id`", ";rm", "*")]
    [InlineData("'a\\b'", "a\\b")]
    public void A_players_command_is_cut_as_a_shell_would_and_nothing_in_it_is_run(string command, params string[] words) =>
        Assert.Equal(words, ShellWords.Split(command));

    [Theory]
    [InlineData("mpv '--fs")]
    [InlineData("mpv \"")]
    public void A_quotation_mark_that_is_not_closed_is_none(string command) => Assert.Null(ShellWords.Split(command));

    [Fact]
    public void The_first_player_is_taken_that_is_installed()
    {
        Install("vlc", "ffplay", "mine");
        File.WriteAllText(Path.Combine(_folder, "mpv"), "not a program");

        Assert.Equal(Path.Combine(_folder, "vlc"), PlayerProgram.Find(null, Variable()).Path);
        Assert.Equal(["--loud"], PlayerProgram.Find(null, Variable("mine --loud")).Words);
        Assert.Equal("ffplay", PlayerProgram.Find("ffplay", Variable("mine")).Name);
        Assert.Equal("mine", PlayerProgram.Find(Path.Combine(_folder, "mine"), Variable()).Name);
    }

    [Theory]
    [InlineData("mpvv", null, ExitCode.System, "player mpvv: there is no such program")]
    [InlineData("mpv 'x", null, ExitCode.Usage, "a quotation mark is not closed")]
    [InlineData("", null, ExitCode.Usage, "names no program")]
    [InlineData(null, "nobody --x", ExitCode.System, "player nobody: there is no such program")]
    [InlineData(null, null, ExitCode.System, "none of mpv, vlc, celluloid, totem, ffplay is installed")]
    public void Without_the_player_it_is_said_which(string? asked, string? variable, object code, string message)
    {
        var missing = Assert.Throws<CommandException>(() => PlayerProgram.Find(asked, Variable(variable)));

        Assert.Equal((ExitCode)code, missing.Code);
        Assert.Contains(message, missing.Message);
        Assert.NotNull((ExitCode)code == ExitCode.System ? missing.Remedy : "");
    }

    [Fact]
    public void Players_are_told_absolute_paths_and_subtitles_in_their_own_way()
    {
        IReadOnlyList<MediaFile> files = List("-f/--x.mkv:9", "-f/--x.srt:1", "-f/http:/y.mkv:9").Files;
        string[] mounted = ["/m/-f/--x.mkv", "/m/-f/http:/y.mkv"];

        Assert.Equal([["--fs", "--{", "--sub-file=/m/-f/--x.srt", mounted[0], "--}", mounted[1]]], new PlayerProgram("/usr/bin/mpv", ["--fs"]).RunsFor(files, "/m"));
        Assert.Equal([["--play-and-exit", mounted[0], ":sub-file=/m/-f/--x.srt", mounted[1]]], new PlayerProgram("/usr/bin/vlc", []).RunsFor(files, "/m"));
        Assert.Equal([["--", .. mounted]], new PlayerProgram("/usr/bin/totem", []).RunsFor(files, "/m"));
        Assert.Equal([["-autoexit", "-i", mounted[0]], ["-autoexit", "-i", mounted[1]]], new PlayerProgram("/usr/bin/ffplay", []).RunsFor(files, "/m"));
        Assert.Equal([["a", .. mounted, "b"]], new PlayerProgram("/usr/bin/mpv", ["a", "{}", "b"]).RunsFor(files, "/m"));
        Assert.Equal([mounted], new PlayerProgram("/usr/bin/other", []).RunsFor(files, "/m"));
    }

    [Fact]
    public void The_folder_for_the_mount_is_for_nobody_else()
    {
        var runtime = Directory.CreateDirectory(Path.Combine(_folder, "run"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        using (var folder = PrivateFolder.Create(name => name == "XDG_RUNTIME_DIR" ? runtime : null))
        {
            Assert.StartsWith($"{runtime}/btfs-play-", folder.Path);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.Path));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(runtime));

        using var elsewhere = PrivateFolder.Create(name => name == "XDG_RUNTIME_DIR" ? $"{runtime}/gone" : name == "TMPDIR" ? _folder : null);
        Assert.StartsWith($"{_folder}/btfs-play-", elsewhere.Path);
    }

    [Fact]
    public void The_list_marks_what_would_be_played()
    {
        var list = List("S/Show S01E02.mkv:700", "S/Show S01E01.mkv:1500", "S/Sample/a\u001b[2J.mkv:9");

        Assert.Equal(
            """
             1       9 MiB  S/Sample/a?[2J.mkv
            *2     1.5 GiB  S/Show S01E01.mkv
            *3     700 MiB  S/Show S01E02.mkv

            """,
            MediaTable.Of(list, MediaChoice.Usual(list)));
    }

    [Theory]
    [InlineData("film.mkv:100", 2)]
    [InlineData("film.mkv:1", 1)]
    [InlineData("film.mkv:2000", 4)]
    [InlineData("film.mkv:90000", 8)]
    public void Some_seconds_of_a_film_are_fetched_before_it_starts(string film, long mebibytes) =>
        Assert.Equal(mebibytes * MiB, HeadStart.BytesWanted(List(film).Files[0]));

    private static IEnumerable<string> Played(params string[] files) => MediaChoice.Usual(List(files)).Select(file => file.Path);

    /// <summary>Files as PATH:MEBIBYTES.</summary>
    private static MediaList List(params string[] files) => MediaList.Of(
        [.. files.Select((file, number) => new ShownFile(number, file[..file.LastIndexOf(':')], long.Parse(file[(file.LastIndexOf(':') + 1)..]) * MiB, null))]);

    private Func<string, string?> Variable(string? player = null) => name => name switch
    {
        "PATH" => $"{_folder}/none:{_folder}",
        "BTFS_PLAYER" => player,
        _ => null,
    };

    private void Install(params string[] names)
    {
        foreach (var name in names)
        {
            File.WriteAllText(Path.Combine(_folder, name), "#!/bin/sh\n");
            File.SetUnixFileMode(Path.Combine(_folder, name), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }
}
