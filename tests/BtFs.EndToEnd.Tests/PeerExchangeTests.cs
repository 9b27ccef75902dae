using System.Net;

namespace BtFs.EndToEnd;

/// <summary>Peers that know one other each find the rest (BEP 11).</summary>
public sealed class PeerExchangeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_mounts_that_know_only_a_third_which_has_nothing_find_each_other_and_read()
    {
        var torrent = TorrentFixture.Make(_folder, "told of", 64 * 1024, new FileShape("one.bin", 1_500_000), new FileShape("two.bin", 70_000));
        var port = FreePort.On(IPAddress.Loopback);
        await using var third = await BtfsMount.StartAsync(_folder, torrent.TorrentFile, "--browse-only", $"--min-port={port}", $"--max-port={port}");
        await using var owner = await BtfsMount.StartAsync(_folder, torrent.TorrentFile, $"--peer=127.0.0.1:{port}", $"--seed-from={torrent.SaveFolder}");

        await using var mount = await BtfsMount.StartAsync(_folder, torrent.TorrentFile, $"--peer=127.0.0.1:{port}");

        await Same.ContentAsync(torrent, mount);
        await mount.UnmountAsync();
        await owner.UnmountAsync();
        await third.UnmountAsync();
    }
}
