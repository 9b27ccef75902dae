using System.Diagnostics;

namespace BtFs.EndToEnd;

/// <summary>Most addresses that a swarm names are of peers that have gone: they must not hold up those who are there.</summary>
public sealed class DeadPeersTests : IDisposable
{
    /// <summary>What a dial to a dead address costs at least when it is waited for.</summary>
    private static readonly TimeSpan DialTimeout = TimeSpan.FromSeconds(5);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Fifty_dead_peers_named_before_the_good_one_do_not_hold_up_the_first_read()
    {
        var torrent = TorrentFixture.Make(_folder, "few", 1 << 16, new FileShape("film.bin", 4 << 20));
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        using var dead = new BlackHoles(50);
        var start = Stopwatch.StartNew();
        await using var mount = await BtfsMount.StartAsync(
            _folder, torrent.Magnet(seed.Address), dead.Addresses.Select(address => $"--peer={address}"));
        await Same.ContentAsync(torrent, mount);

        Assert.InRange(start.Elapsed, TimeSpan.Zero, DialTimeout);
        await mount.UnmountAsync();
    }
}
