using System.CommandLine;
using BtFs.Commands;
using BtFs.Mount;
using BtFs.Playing;
using BtFs.Running;
using BtFs.Testing;

namespace BtFs.Tests;

public sealed class PlayRequestTests
{
    [Fact]
    public void Play_takes_its_own_options_and_those_of_a_mount()
    {
        var request = Read("a.torrent", "--player", "mpv --fs", "--file=2", "--keep", "--max-download-rate=1M", "--deny-process=x");

        Assert.Equal(("a.torrent", "mpv --fs", "2", false), (request.Mount.Source, request.Player, request.Wish.Pattern, request.ListOnly));
        Assert.Equal(BtFs.Engine.CacheRetention.Pinned, request.Mount.Retention);
        Assert.Equal(1_000_000, request.Mount.MaxDownloadRate);
        Assert.Equal(["x"], request.Mount.Programs.Denied);
    }

    [Theory]
    [InlineData("SOURCE: missing")]
    [InlineData("b: one operand too many", "a", "b")]
    [InlineData("--file: is empty", "a", "--file", "")]
    [InlineData("--browse-only: makes no sense when something is to be played", "a", "-b")]
    [InlineData("--deny-process=/usr/bin/x: a program is named without its folder", "a", "--deny-process=/usr/bin/x")]
    [InlineData("--allow-process=: a program is named without its folder", "a", "--allow-process", "")]
    [InlineData("--deny-process=x: it is named with --allow-process, too", "a", "--deny-process=x", "--allow-process=x")]
    public void What_makes_no_sense_is_said(string message, params string[] arguments)
    {
        var refused = Assert.Throws<CommandException>(() => Read(arguments));

        Assert.Equal(ExitCode.Usage, refused.Code);
        Assert.StartsWith(message, refused.Message);
    }

    [Theory]
    [InlineData(null, "readme.txt", ExitCode.Source, "there is neither film nor music in this torrent")]
    [InlineData("*.avi", "film.mkv", ExitCode.Usage, "--file=*.avi: is none of the 1 files to play")]
    [InlineData("2", "film.mkv", ExitCode.Usage, "--file=2: is none of the 1 files to play")]
    public void Where_nothing_is_to_be_played_that_is_said(string? pattern, string file, object code, string message)
    {
        var playback = new Playback(new PlayWish(pattern, "/"), new PlayerProgram("/bin/true", []), new Terminal(TextWriter.Null, isTerminal: false), TextWriter.Null, TimeProvider.System);

        var refused = Assert.Throws<CommandException>(() => playback.Choose(FileTree.Of(TorrentOf.Folder("t", TorrentOf.File(file, 100)))));

        Assert.Equal((ExitCode)code, refused.Code);
        Assert.Contains(message, refused.Message);
        Assert.NotNull(refused.Remedy);
    }

    [Fact]
    public void A_player_that_is_no_program_for_this_machine_does_not_start()
    {
        var folder = Directory.CreateTempSubdirectory("btfs-player-");
        var file = Path.Combine(folder.FullName, "player");
        File.WriteAllBytes(file, [0x7f, (byte)'E', (byte)'L', (byte)'F', 0, 0]);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var refused = Assert.Throws<CommandException>(() => PlayerProcess.Start(new PlayerProgram(file, []), [], folder.FullName, TimeProvider.System));
        folder.Delete(recursive: true);

        Assert.Equal(ExitCode.System, refused.Code);
        Assert.Contains("does not start", refused.Message);
    }

    [Fact]
    public void Without_room_for_a_folder_another_place_is_asked_for()
    {
        var refused = Assert.Throws<CommandException>(() => PrivateFolder.Create(name => name == "TMPDIR" ? "/proc/nowhere" : null));

        Assert.Equal(ExitCode.System, refused.Code);
        Assert.Contains("/proc/nowhere: no folder can be made there: No such file or directory", refused.Message);
    }

    private static PlayRequest Read(params string[] arguments) =>
        PlayRequest.Read(CommandLine.Root(new Terminal(TextWriter.Null, isTerminal: false), pipe: null).Parse(["play", .. arguments]));
}
