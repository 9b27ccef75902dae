using System.Text.Json.Nodes;

namespace BtFs.EndToEnd;

/// <summary>The commands around a mount, and mounting as mount(8) does, with the real program.</summary>
public sealed class EverydayCommandTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();
    private readonly BtfsPlaces _places;
    private readonly TorrentFixture _torrent;
    private LibtorrentSeed _seed = null!;

    public EverydayCommandTests()
    {
        _places = BtfsPlaces.In(_folder);
        _torrent = TorrentFixture.Make(_folder, "show", 32_768, new FileShape("a.txt", 100), new FileShape("b/c.bin", 300_000));
    }

    private string Magnet => _torrent.Magnet(_seed.Address);

    private string MountPoint => _places.MountPoint;

    private string FileB => Path.Combine(MountPoint, "show/b/c.bin");

    public async Task InitializeAsync() => _seed = await LibtorrentSeed.StartAsync(_torrent);

    public async Task DisposeAsync()
    {
        await _seed.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_magnet_link_is_listed_without_being_mounted()
    {
        var text = (await _places.Command("list", Magnet).RunAsync()).Ok();
        var json = JsonNode.Parse((await _places.Command("list", "--json", _torrent.TorrentFile).RunAsync()).Ok().Text)!;

        Assert.Contains("show/b/c.bin", text.Text);
        Assert.Contains($"infohash:   {_torrent.InfoHash}", text.Text);
        Assert.Empty(text.Errors);
        Assert.Equal(["show/a.txt", "show/b/c.bin"], json["files"]!.AsArray().Select(file => (string)file!["path"]!));
        Assert.Equal((_torrent.Length, _torrent.InfoHash), ((long)json["length"]!, (string)json["infohash"]!));
        await _places.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Unmounting_names_who_holds_the_mount_and_ends_it_when_nobody_does()
    {
        using var breaker = await MountAsync(Magnet);
        using (File.OpenRead(FileB))
        {
            var busy = await _places.Command("unmount", MountPoint).RunAsync();
            Assert.Equal(4, busy.ExitCode);
            Assert.Contains($"is in use by", busy.Errors);
            Assert.Contains($"({Environment.ProcessId})", busy.Errors);
        }

        Assert.Empty((await _places.Command("unmount", MountPoint).RunAsync()).Ok().Errors);
        await _places.AssertNothingLeftAsync();
        Assert.Contains("is not a mount point", (await _places.Command("unmount", MountPoint).RunAsync()).Errors);
    }

    [Fact]
    public async Task A_lazy_unmount_does_not_wait_for_who_has_a_file_open()
    {
        using var breaker = await MountAsync(Magnet);
        await using var open = File.OpenRead(FileB);

        (await _places.Command("unmount", "-z", MountPoint).RunAsync()).Ok();

        Assert.False(MountTable.Has(MountPoint));
        open.Close();
        await _places.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task What_a_killed_program_left_is_found_by_doctor_and_cleared_by_unmount()
    {
        using var breaker = await MountAsync(Magnet);
        var pid = Assert.Single(_places.Processes());
        Signals.Send(pid, Signals.Kill);
        await Eventually.TrueAsync("the killed program is gone", Soon, () => !Signals.IsAlive(pid));

        var told = (await _places.Command("doctor", "--offline").RunAsync()).Ok();
        Assert.Contains($"the program of {MountPoint} has died", told.Text);
        Assert.Contains("1 torrents of killed mounts", told.Text);

        (await _places.Command("unmount", MountPoint).RunAsync()).Ok();
        Assert.False(MountTable.Has(MountPoint));
    }

    [Fact]
    public async Task As_mount_helper_it_mounts_with_an_empty_environment()
    {
        var helper = Helper("mount.fuse.btfs");
        var options = $"rw,noauto,keep,no_dht,no_lsd,no_port_mapping,allow_other,data_directory={_places.Cache}";

        (await Command.RunAsync("env", "-i", helper, Magnet, MountPoint, "-o", options)).Ok();

        using var breaker = new Breaker(Assert.Single(_places.Processes()), MountPoint, TimeSpan.FromMinutes(1));
        Assert.Contains(helper, Signals.CommandLine(_places.Processes()[0])[0]);
        Assert.Contains($"fuse.btfs {Magnet} ", MountTable.Line(MountPoint));
        (await Command.RunAsync("cmp", FileB, _torrent.Disk(1))).Ok();
        (await _places.Command("unmount", MountPoint).RunAsync()).Ok();
        Assert.NotEmpty(Directory.EnumerateFiles(_places.Cache, "data", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_command_that_does_not_wait_leaves_a_mount_under_way_and_its_log_can_be_rotated()
    {
        var log = _folder.At("btfs.log");
        (await _places.Command("--wait=none", "--verbose", $"--log-file={log}", Magnet, MountPoint).RunAsync()).Ok();
        using var breaker = new Breaker(Assert.Single(_places.Processes()), MountPoint, TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync("the torrent is mounted", Soon, () => MountTable.Has(MountPoint));
        await Eventually.TrueAsync("that is logged", Soon, () => File.ReadAllText(log).Contains("is mounted at"));

        File.Move(log, $"{log}.1");
        Signals.Send(_places.Processes()[0], Signals.Hangup);
        await Eventually.TrueAsync("the log is a new file", Soon, () => File.Exists(log));
        Assert.True(MountTable.Has(MountPoint));

        (await _places.Command("unmount", MountPoint).RunAsync()).Ok();
        await Eventually.TrueAsync("the end is in the new file", Soon, () => File.ReadAllText(log).Contains("unmounted from"));
        await _places.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_failure_that_nobody_waited_for_is_in_the_log()
    {
        var log = _folder.At("btfs.log");
        (await _places.Command("--wait=none", $"--log-file={log}", _folder.At("none.torrent"), MountPoint).RunAsync()).Ok();

        await Eventually.TrueAsync("the failure is logged", Soon, () => File.Exists(log) && File.ReadAllText(log).Contains("none.torrent: no such file"));
        await _places.AssertNothingLeftAsync();
    }

    [Fact]
    public async Task Btfsstat_shows_how_much_of_each_file_is_here()
    {
        using var breaker = await MountAsync(Magnet);
        (await Command.RunAsync("cat", FileB)).Ok();

        var tree = (await Command.RunAsync(Helper("btfsstat"), MountPoint)).Ok().Text.Split('\n');

        Assert.Equal([$"{Path.GetFileName(MountPoint)}/", "    show/"], tree[..2]);
        Assert.Contains("        b/", tree);
        Assert.Contains("            c.bin (100%)", tree);
        (await _places.Command("unmount", MountPoint).RunAsync()).Ok();
    }

    [Fact]
    public async Task Allow_root_lets_root_and_the_owner_in_and_nobody_else()
    {
        using var breaker = await MountAsync("-o", "allow_root,uid=1000", Magnet);

        (await Command.RunAsync("cmp", FileB, _torrent.Disk(1))).Ok();
        (await Command.RunAsync("setpriv", "--reuid=1000", "--clear-groups", "ls", MountPoint)).Ok();
        var other = await Command.RunAsync("setpriv", "--reuid=65534", "--clear-groups", "ls", MountPoint);

        Assert.NotEqual(0, other.ExitCode);
        Assert.Contains("Permission denied", other.Errors);
        (await _places.Command("unmount", MountPoint).RunAsync()).Ok();
    }

    [Fact]
    public async Task Doctor_asks_the_DHT_and_the_trackers_of_a_torrent()
    {
        await using var network = await DhtNetwork.StartAsync(nodes: 10, liars: 0);
        await using var tracker = await OpenTracker.StartAsync(_folder, _torrent.InfoHash);
        var torrent = _torrent.WithTracker(tracker.UdpUrl);

        var found = (await _places.Command("doctor", "--json", "--dht-node", network.Nodes[0], "--min-port=0", "--max-port=0", torrent).RunAsync()).Ok();

        var checks = JsonNode.Parse(found.Text)!.AsArray().ToDictionary(check => (string)check!["check"]!, check => (string)check!["verdict"]!);
        Assert.Equal(("ok", "ok", "ok", "ok"), (checks["DHT"], checks["tracker"], checks["cache"], checks["/dev/fuse"]));
    }

    [Fact]
    public async Task Doctor_ends_with_2_where_nothing_could_be_mounted()
    {
        var found = await _places.Command("doctor", "--offline", "--data-directory=/proc/none").RunAsync();

        Assert.Equal(2, found.ExitCode);
        Assert.Contains("problem  cache", found.Text);
        Assert.Contains("--cache=memory", found.Text);
    }

    private async Task<Breaker> MountAsync(params string[] arguments)
    {
        (await _places.Command([.. arguments, MountPoint]).RunAsync()).Ok();
        return new Breaker(Assert.Single(_places.Processes()), MountPoint, TimeSpan.FromMinutes(1));
    }

    /// <summary>The program by another name.</summary>
    private string Helper(string name)
    {
        var link = _folder.At(name);
        File.CreateSymbolicLink(link, BtfsProgram.Path);
        return link;
    }
}
