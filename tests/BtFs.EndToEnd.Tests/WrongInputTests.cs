using System.Net;

namespace BtFs.EndToEnd;

/// <summary>What cannot be mounted is refused in one clear line, with an exit code that says whose move it is, and no mount.</summary>
public sealed class WrongInputTests : IDisposable
{
    private const int Usage = 1;
    private const int NoSystem = 2;
    private const int BadSource = 3;
    private const int MountRefused = 4;
    private const int NoMetadata = 5;

    private readonly TemporaryFolder _folder = new();
    private readonly BtfsPlaces _places;
    private readonly TorrentFixture _torrent;

    public WrongInputTests()
    {
        _places = BtfsPlaces.In(_folder);
        _torrent = TorrentFixture.Make(_folder, "good", 32_768, new FileShape("a.txt", 100), new FileShape("b.bin", 100_000));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task A_command_line_without_a_mountpoint_is_a_usage_error() => AssertRefusedAsync(Usage, "MOUNTPOINT", [_torrent.TorrentFile]);

    [Fact]
    public Task An_unknown_option_is_a_usage_error() => AssertRefusedAsync(Usage, "--no-such-option", ["--no-such-option", _torrent.TorrentFile, _places.MountPoint]);

    [Fact]
    public Task A_file_that_does_not_exist_is_refused() => AssertBadSourceAsync("no such file", "/no/such/file.torrent");

    [Fact]
    public Task A_directory_is_refused() => AssertBadSourceAsync("directory", _folder.Path);

    [Fact]
    public Task A_file_that_is_no_torrent_is_refused() => AssertBadSourceAsync("torrent", Written([.. Enumerable.Repeat((byte)'x', 5_000)]));

    [Fact]
    public Task An_empty_file_is_refused() => AssertBadSourceAsync("torrent", Written([]));

    [Fact]
    public Task A_truncated_torrent_is_refused() => AssertBadSourceAsync("torrent", Written(File.ReadAllBytes(_torrent.TorrentFile)[..^50]));

    [Fact]
    public Task A_torrent_of_a_hundred_thousand_nested_lists_is_refused() =>
        AssertBadSourceAsync("torrent", Written([.. "d4:info"u8, .. Enumerable.Repeat((byte)'l', 100_000)]));

    [Fact]
    public Task A_torrent_with_more_bytes_than_pieces_is_refused() => AssertBadSourceAsync("piece", Lying(1L << 40));

    [Fact]
    public Task A_torrent_with_a_negative_length_is_refused() => AssertBadSourceAsync("length", Lying(-1));

    [Fact]
    public Task A_torrent_whose_lengths_add_up_to_more_than_a_number_holds_is_refused() => AssertBadSourceAsync("", Lying(long.MaxValue, long.MaxValue));

    [Fact]
    public Task A_magnet_without_an_infohash_is_refused() => AssertBadSourceAsync("magnet", "magnet:?dn=nothing");

    [Fact]
    public Task A_magnet_with_half_an_infohash_is_refused() => AssertBadSourceAsync("", "magnet:?xt=urn:btih:0123456789abcdef&dn=half");

    [Fact]
    public async Task A_magnet_that_nobody_answers_is_given_up() =>
        await AssertRefusedAsync(NoMetadata, "", ["--metadata-timeout=1", $"magnet:?xt=urn:btih:{new string('a', 40)}&x.pe={Silent()}", _places.MountPoint]);

    [Fact]
    public async Task A_URL_that_answers_404_is_refused()
    {
        await using var web = new WebServer([]);
        await AssertBadSourceAsync("404", web.UrlOf("missing"));
    }

    [Fact]
    public async Task A_URL_of_something_else_is_refused()
    {
        await using var web = new WebServer("<html>Please log in.</html>"u8.ToArray());
        await AssertBadSourceAsync("torrent", web.UrlOf("page"));
    }

    [Fact]
    public Task A_URL_where_nobody_listens_is_refused() => AssertBadSourceAsync("", $"http://{Silent()}/a.torrent");

    [Fact]
    public Task A_mountpoint_that_is_missing_is_refused() => AssertMountRefusedAsync("not exist", _folder.At("not here"));

    [Fact]
    public Task A_mountpoint_that_is_a_file_is_refused() => AssertMountRefusedAsync("director", Written([]));

    [Fact]
    public async Task A_mountpoint_that_is_not_empty_is_refused()
    {
        var full = _folder.Sub("full");
        await File.WriteAllTextAsync(Path.Combine(full, "mine"), "mine");
        await AssertMountRefusedAsync("not empty", full);
    }

    [Fact]
    public async Task A_mountpoint_in_use_is_refused_and_its_mount_goes_on()
    {
        await using var mount = await BtfsMount.StartAsync(_folder, _torrent.TorrentFile);
        var refused = await _places.Command(_torrent.TorrentFile, mount.Path).RunAsync();

        AssertOneClearLine(refused, MountRefused, "mounted");
        (await mount.ShellAsync("ls -R")).Ok();
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task A_machine_without_dev_fuse_is_told_so()
    {
        const string HideDevice = "mount -t tmpfs none /dev && mknod /dev/null c 1 3 && mknod /dev/urandom c 1 9 && exec \"$0\" \"$@\"";
        var refused = await new Command("unshare", ["-m", "sh", "-c", HideDevice, BtfsProgram.Path, _torrent.TorrentFile, _places.MountPoint])
            .With("XDG_CACHE_HOME", _places.Cache).RunAsync();

        AssertOneClearLine(refused, NoSystem, "/dev/fuse");
        await _places.AssertNothingLeftAsync();
    }

    private static readonly byte[] OneHash = new byte[20];

    private string Lying(params long[] lengths)
    {
        var files = lengths.Select((length, index) => (object)new (string, object)[] { ("length", length), ("path", new object[] { $"{index}" }) });
        var info = new (string, object)[] { ("files", files), ("name", "lies"), ("piece length", 32_768), ("pieces", OneHash) };
        return Written(Bencoding.Of(new (string, object)[] { ("info", info) }));
    }

    private string Written(byte[] bytes)
    {
        var path = _folder.At(Guid.NewGuid().ToString("N"));
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>An address where nobody listens.</summary>
    private static IPEndPoint Silent() => new(IPAddress.Loopback, FreePort.On(IPAddress.Loopback));

    private Task AssertBadSourceAsync(string saying, string source) => AssertRefusedAsync(BadSource, saying, [source, _places.MountPoint]);

    private Task AssertMountRefusedAsync(string saying, string mountPoint) => AssertRefusedAsync(MountRefused, saying, [_torrent.TorrentFile, mountPoint]);

    private async Task AssertRefusedAsync(int exitCode, string saying, string[] arguments)
    {
        var refused = await _places.Command(arguments).Within(TimeSpan.FromSeconds(20)).RunAsync();
        AssertOneClearLine(refused, exitCode, saying);
        await _places.AssertNothingLeftAsync();
        Assert.Empty(MountTable.Below(_folder.Path));
    }

    private static void AssertOneClearLine(CommandResult refused, int exitCode, string saying)
    {
        Assert.True(refused.ExitCode == exitCode, $"{refused.Line}\nended with {refused.ExitCode}, not {exitCode}:\n{refused.Errors}");
        Assert.Empty(refused.Text);
        var lines = refused.Errors.TrimEnd('\n').Split('\n');
        Assert.StartsWith("btfs: ", lines[0]);
        Assert.Contains(saying, lines[0], StringComparison.OrdinalIgnoreCase);
        // The second line, where there is one, is the remedy.
        Assert.InRange(lines.Length, 1, 2);
    }
}
