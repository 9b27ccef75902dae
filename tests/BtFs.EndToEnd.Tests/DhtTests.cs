using System.Net;
using System.Net.Sockets;

namespace BtFs.EndToEnd;

/// <summary>Torrents without a tracker, among fifty nodes of libtorrent.</summary>
public sealed class DhtTests : IDisposable
{
    private const int Nodes = 50;

    private readonly TemporaryFolder _folder = new();
    private readonly TorrentFixture _torrent;

    public DhtTests() => _torrent = TorrentFixture.Make(_folder, "show", 64 * 1024, new FileShape("one.bin", 1_500_000), new FileShape("two.bin", 70_000));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(Nodes)]
    public async Task A_magnet_with_nothing_but_an_infohash_resolves_and_reads_though_half_of_the_nodes_it_knows_lie(int liars)
    {
        await using var network = await DhtNetwork.StartAsync(Nodes, liars);
        await network.SeedAsync(_torrent);

        // Liars come first: each has the chance to lead us astray before anybody else is asked.
        await using var mount = await BtfsMount.StartAsync(
            _folder, $"magnet:?xt=urn:btih:{_torrent.InfoHash}", AtNodes([.. network.Liars.Take(10), .. network.Nodes.Take(10)]));

        await Same.ContentAsync(_torrent, mount);
        Assert.True(liars == 0 || await network.LiesAsync() > 0, "No liar was asked: the test proves nothing.");
    }

    [Fact]
    public async Task What_btfs_seeds_is_found_through_strangers_that_know_only_the_infohash()
    {
        await using var network = await DhtNetwork.StartAsync(Nodes, liars: 0);
        var places = BtfsPlaces.In(_folder);
        await using var seed = await BtfsSeed.StartAsync(places, [Path.Combine(_torrent.SaveFolder, _torrent.Name), .. AtNodes(network.Nodes.Take(5))]);
        var link = seed.Magnet.Split('&')[0];

        // The mount looks again every few seconds until the announce has arrived.
        await using var mount = await BtfsMount.StartAsync(_folder, link, AtNodes(network.Nodes.Skip(20).Take(5)));

        Assert.Equal(
            await File.ReadAllBytesAsync(_torrent.Disk(0)),
            await File.ReadAllBytesAsync(Directory.EnumerateFiles(mount.Path, Path.GetFileName(_torrent.Disk(0)), SearchOption.AllDirectories).Single()));
    }

    [Fact]
    public async Task For_a_private_torrent_no_packet_goes_to_the_DHT()
    {
        using var node = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)node.Client.LocalEndPoint!).Port;
        var places = BtfsPlaces.In(_folder);
        await using var seed = await BtfsSeed.StartAsync(
            places, [Path.Combine(_torrent.SaveFolder, _torrent.Name), "--private", "--dht-node", $"127.0.0.1:{port}"]);
        Assert.NotEmpty(seed.Magnet);
        await seed.EndAsync();

        // Whatever was sent before the end has arrived by now.
        Assert.Equal(0, node.Available);
    }

    private static IEnumerable<string> AtNodes(IEnumerable<string> nodes) => nodes.SelectMany(node => new[] { "--dht-node", node });
}
