namespace BtFs.EndToEnd;

/// <summary>The machine sleeps, or its network changes, in the middle of things.</summary>
public sealed class DisturbanceTests : IDisposable
{
    private const string Peer = "--peer=10.77.0.1:6881";

    private static readonly string[] Alone = ["--no-dht", "--no-lsd", "--no-port-mapping"];
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();
    private readonly TorrentFixture _torrent;

    public DisturbanceTests() => _torrent = TorrentFixture.Make(
        _folder, "on the way", 64 * 1024, new FileShape("one.bin", 1_500_000), new FileShape("two.bin", 3_000_000));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ip addr del 10.77.0.2/24 dev cable && ip addr add 10.77.0.3/24 dev cable")]
    [InlineData("ip addr del 10.77.0.2/24 dev cable && sleep 1 && ip addr add 10.77.0.3/24 dev cable")]
    [InlineData("ip link set cable down && sleep 3 && ip link set cable up")]
    public async Task A_mount_whose_network_changes_reads_on_at_once(string change)
    {
        await using var here = await NetworkNamespace.MakeAsync();
        await using var there = await NetworkNamespace.MakeAsync();
        await here.ConnectAsync("cable", "10.77.0.1/24", there, "cable", "10.77.0.2/24");
        await using var owner = await BtfsMount.StartAsync(
            BtfsPlaces.In(_folder) with { Network = here }, _torrent.TorrentFile, [.. Alone, $"--seed-from={_torrent.SaveFolder}"]);
        await using var mount = await BtfsMount.StartAsync(BtfsPlaces.In(_folder) with { Network = there }, _torrent.TorrentFile, [.. Alone, Peer]);
        var root = await Same.RootAsync(_torrent, mount);
        (await Command.RunAsync("cmp", Path.Combine(root, "one.bin"), _torrent.Disk(0))).Ok();

        await there.RunAsync(change);

        (await new Command("cmp", Path.Combine(root, "two.bin"), _torrent.Disk(1)).Within(BackWithin).RunAsync()).Ok();
        Assert.DoesNotContain("banned", mount.Log);
        await mount.UnmountAsync();
        await owner.UnmountAsync();
    }

    [Fact]
    public async Task A_containers_network_or_one_more_address_disturbs_nobody()
    {
        const string told = "The machine or its network was away";
        await using var here = await NetworkNamespace.MakeAsync();
        await using var there = await NetworkNamespace.MakeAsync();
        await here.ConnectAsync("cable", "10.77.0.1/24", there, "cable", "10.77.0.2/24");
        await there.RunAsync("ip route add default via 10.77.0.1");
        await using var owner = await BtfsMount.StartAsync(
            BtfsPlaces.In(_folder) with { Network = here }, _torrent.TorrentFile, [.. Alone, $"--seed-from={_torrent.SaveFolder}"]);
        await using var mount = await BtfsMount.StartAsync(BtfsPlaces.In(_folder) with { Network = there }, _torrent.TorrentFile, [.. Alone, "--verbose", Peer]);
        var root = await Same.RootAsync(_torrent, mount);
        (await Command.RunAsync("cmp", Path.Combine(root, "one.bin"), _torrent.Disk(0))).Ok();

        await there.RunAsync("ip link add docker0 type veth peer name inside && ip addr add 172.17.0.1/16 dev docker0 && ip link set docker0 up && ip link set inside up");
        await there.RunAsync("ip addr add 10.77.0.9/24 dev cable && ip -6 addr add 2001:db8:7::9/64 dev cable nodad && ip link del docker0");
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        Assert.DoesNotContain(told, mount.Log);

        // The watch is awake: the loss of the address that the connection stands upon is noticed.
        await there.RunAsync("ip addr flush dev cable && ip addr add 10.77.0.3/24 dev cable && ip route replace default via 10.77.0.1");
        await Eventually.TrueAsync("the loss is told", BackWithin, () => Task.FromResult(mount.Log.Contains(told, StringComparison.Ordinal)));
        (await new Command("cmp", Path.Combine(root, "two.bin"), _torrent.Disk(1)).Within(BackWithin).RunAsync()).Ok();
        await mount.UnmountAsync();
        await owner.UnmountAsync();
    }

    [Fact]
    public async Task A_mount_that_was_stopped_for_longer_than_its_reads_wait_reads_on_when_it_is_continued()
    {
        await using var seed = await LibtorrentSeed.StartAsync(_torrent);
        await using var mount = await BtfsMount.StartAsync(_folder, _torrent.Magnet(seed.Address), "--read-timeout=5", "--max-download-rate=300k");
        var root = await Same.RootAsync(_torrent, mount);
        var copy = new Command("cmp", Path.Combine(root, "two.bin"), _torrent.Disk(1)).RunAsync();
        await Eventually.TrueAsync("the copy has begun", BackWithin, async () => (await seed.StatsAsync()).Payload > 200_000);

        Signals.Send(mount.Pid, Signals.Stop);
        seed.Freeze();
        await Task.Delay(TimeSpan.FromSeconds(12));
        seed.Thaw();
        Signals.Send(mount.Pid, Signals.Continue);

        (await copy).Ok();
        Assert.DoesNotContain("banned", mount.Log);
        await mount.UnmountAsync();
    }
}
