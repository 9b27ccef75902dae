namespace BtFs.EndToEnd;

/// <summary>Nobody in the list of <c>--ip-filter</c> is spoken with.</summary>
public sealed class IpFilterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TorrentFixture _torrent;

    public IpFilterTests() => _torrent = TorrentFixture.Make(_folder, "show", 64 * 1024, new FileShape("one.bin", 1_000_000));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_two_seeds_the_one_in_the_list_is_never_connected()
    {
        await using var permitted = await LibtorrentSeed.StartAsync(_torrent, host: 2);
        await using var blocked = await LibtorrentSeed.StartAsync(_torrent, host: 3);
        var list = _folder.At("list.p2p");
        await File.WriteAllTextAsync(list, "# a list\nsomebody:127.0.0.3-127.0.0.9\nno address\n");
        await using var mount = await BtfsMount.StartAsync(_folder, _torrent.Magnet(blocked.Address, permitted.Address), "--ip-filter", list);
        await Same.ContentAsync(_torrent, mount);
        Assert.Contains("passed over: 1, the first is line 3; ranges read: 1", mount.Log);
        Assert.Equal((1, 0), ((await permitted.StatsAsync()).Peers, (await blocked.StatsAsync()).Peers));
        await mount.UnmountAsync();
    }

    [Theory]
    [InlineData(null, "no such file")]
    [InlineData("this\nis\nprose\n", "none of its 3 lines")]
    public async Task A_list_that_cannot_be_used_is_told_in_one_line_and_nothing_is_mounted(string? content, string reason)
    {
        var places = BtfsPlaces.In(_folder);
        var list = _folder.At("list.p2p");
        if (content is not null)
        {
            await File.WriteAllTextAsync(list, content);
        }

        var result = await places.Command("-f", "--no-dht", "--ip-filter", list, _torrent.TorrentFile, places.MountPoint).RunAsync();
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(reason, result.Errors);
        Assert.False(MountTable.Has(places.MountPoint));
    }
}
