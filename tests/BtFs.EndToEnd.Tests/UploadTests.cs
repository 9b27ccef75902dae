using System.Globalization;
using System.Net;

namespace BtFs.EndToEnd;

/// <summary>A mount is a peer like any other: it gives what it has.</summary>
public sealed class UploadTests : IDisposable
{
    private static readonly TimeSpan DownloadsWithin = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly TorrentFixture _torrent;
    private readonly IPEndPoint _address = new(IPAddress.Loopback, FreePort.On(IPAddress.Loopback));

    public UploadTests() => _torrent = TorrentFixture.Make(
        _folder, "given on", 65_536, new FileShape("one.bin", 6_000_001), new FileShape("two/ü.bin", 5_000_000));

    private string[] Options =>
        [$"--min-port={_address.Port.ToString(CultureInfo.InvariantCulture)}", $"--max-port={_address.Port.ToString(CultureInfo.InvariantCulture)}"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Libtorrent_downloads_all_of_a_torrent_from_a_mount_that_has_it()
    {
        var kept = new KeptCache(_torrent, _folder.Sub("kept"));
        await FillAsync(kept);
        await using var mount = await BtfsMount.StartAsync(_folder, _torrent.TorrentFile, [.. kept.Options, .. Options]);

        await AssertLeechedAsync(Leech());
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task Libtorrent_gets_each_file_as_it_is_read_from_a_mount_that_fetches_it_itself()
    {
        await using var seed = await LibtorrentSeed.StartAsync(_torrent);
        await using var mount = await BtfsMount.StartAsync(_folder, _torrent.Magnet(seed.Address), Options);
        var leech = Leech();

        var root = await Same.RootAsync(_torrent, mount);
        (await Command.RunAsync("cmp", Path.Combine(root, "one.bin"), _torrent.Disk(0))).Ok();
        Assert.False(leech.IsCompleted);
        (await Command.RunAsync("cmp", Path.Combine(root, "two/ü.bin"), _torrent.Disk(1))).Ok();

        await AssertLeechedAsync(leech);
        Assert.InRange((await seed.StatsAsync()).Payload, _torrent.Length, 1.2 * _torrent.Length);
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task Transmission_downloads_all_of_a_torrent_from_a_mount_that_finds_it_through_a_tracker()
    {
        await using var tracker = await OpenTracker.StartAsync(_folder, _torrent.InfoHash);
        var announced = _torrent.WithTracker(tracker.HttpUrl);
        var kept = new KeptCache(_torrent, _folder.Sub("kept"));
        await FillAsync(kept);
        var got = _folder.Sub("got");

        // First: it never calls a loopback address, and waits to be called.
        await using var transmission = await TransmissionSeed.StartAsync(_folder, _torrent, announced, host: 3, saveFolder: got);
        await tracker.KnowsLeecherAsync(_torrent.InfoHash);
        await using var mount = await BtfsMount.StartAsync(_folder, announced, [.. kept.Options, .. Options]);
        await Eventually.TrueAsync("transmission has both files, and calls them by their names", DownloadsWithin, () =>
            Task.FromResult(File.Exists(Path.Combine(Got(got), "one.bin")) && File.Exists(Path.Combine(Got(got), "two/ü.bin"))));
        Assert.Equal(await Same.HashesAsync(Given), await Same.HashesAsync(Got(got)));
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task Aria2_downloads_all_of_a_torrent_from_a_mount_that_it_finds_through_a_tracker()
    {
        await using var tracker = await OpenTracker.StartAsync(_folder, _torrent.InfoHash);
        var announced = _torrent.WithTracker(tracker.HttpUrl);
        var kept = new KeptCache(_torrent, _folder.Sub("kept"));
        await FillAsync(kept);
        await using var mount = await BtfsMount.StartAsync(_folder, announced, [.. kept.Options, .. Options]);
        await tracker.KnowsSeedAsync(_torrent.InfoHash);

        var got = _folder.Sub("got");
        (await new Command(
            "aria2c", "--no-conf", "--seed-time=0", "--enable-dht=false", "--enable-dht6=false", "--disable-ipv6=true", "--bt-enable-lpd=false",
            "--interface=127.0.0.4", $"--dir={got}", announced).Within(DownloadsWithin).RunAsync()).Ok();
        Assert.Equal(await Same.HashesAsync(Given), await Same.HashesAsync(Got(got)));
        await mount.UnmountAsync();
    }

    private string Given => Path.Combine(_torrent.SaveFolder, "given on");

    private static string Got(string folder) => Path.Combine(folder, "given on");

    private async Task FillAsync(KeptCache kept)
    {
        await using var seed = await LibtorrentSeed.StartAsync(_torrent);
        await using var mount = await BtfsMount.StartAsync(_folder, _torrent.Magnet(seed.Address), kept.Options);
        await Same.ContentAsync(_torrent, mount);
        await mount.UnmountAsync();
    }

    private Task<CommandResult> Leech()
    {
        var address = IPAddress.Parse("127.0.0.5");
        return new Command(
            Programs.Find("/usr/bin/python3"), Path.Combine(AppContext.BaseDirectory, "Peers", "leecher.py"),
            _torrent.TorrentFile, _folder.Sub("got"), new IPEndPoint(address, FreePort.On(address)).ToString(), _address.ToString())
            .Within(DownloadsWithin).RunAsync();
    }

    private async Task AssertLeechedAsync(Task<CommandResult> leech)
    {
        (await leech).Ok();
        Assert.Equal(await Same.HashesAsync(Given), await Same.HashesAsync(Got(_folder.At("got"))));
    }
}
