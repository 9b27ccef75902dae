namespace BtFs.EndToEnd;

/// <summary>A mount at home, behind a router with MiniUPnPd.</summary>
public sealed class PortMappingTests : IDisposable
{
    private static readonly TimeSpan MappedWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan GoneWithin = TimeSpan.FromSeconds(2);

    private readonly TemporaryFolder _folder = new();
    private readonly TorrentFixture _torrent;

    public PortMappingTests() => _torrent = TorrentFixture.Make(_folder, "show", 64 * 1024, new FileShape("one.bin", 100_000));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("PCP")]
    [InlineData("NAT-PMP")]
    [InlineData("UPnP")]
    public async Task The_Internet_can_call_a_mount_behind_a_router_and_its_end_closes_the_way(string protocol)
    {
        await using var router = await UpnpRouter.StartAsync(_folder, protocol);
        await using var mount = await BtfsMount.StartAsync(
            BtfsPlaces.In(_folder) with { Network = router.Home }, _torrent.TorrentFile, "--no-lsd", "--dht-node=10.9.0.1:9", "--verbose");
        await Eventually.TrueAsync("both ports are mapped", MappedWithin, async () => (await router.MappedAsync()).Count == 2);

        Assert.Equal(["tcp 6881", "udp 6881"], await router.MappedAsync());
        Assert.True(await router.AnswersAsync(6881));
        await Eventually.TrueAsync("PCP, where it is spoken, opens the firewall for IPv6", MappedWithin, async () => await router.HolesAsync() == (protocol == "NAT-PMP" ? 0 : 2));
        Assert.Contains($"({protocol})", mount.Log);

        await mount.UnmountAsync();
        await Eventually.TrueAsync("the ports are given back", GoneWithin, async () => (await router.MappedAsync()).Count + await router.HolesAsync() == 0);
        Assert.False(await router.AnswersAsync(6881));
    }

    [Fact]
    public async Task A_router_that_says_nothing_any_more_keeps_nobody_from_leaving()
    {
        await using var router = await UpnpRouter.StartAsync(_folder, "PCP");
        await using var mount = await BtfsMount.StartAsync(
            BtfsPlaces.In(_folder) with { Network = router.Home }, _torrent.TorrentFile, "--no-lsd", "--no-dht", "--no-utp");
        await Eventually.TrueAsync("the port is mapped", MappedWithin, async () => (await router.MappedAsync()).Count == 1);

        await router.FallSilentAsync();

        // Within two seconds, with nothing left.
        await mount.UnmountAsync();
        Assert.Equal(["tcp 6881"], await router.MappedAsync());
    }
}
