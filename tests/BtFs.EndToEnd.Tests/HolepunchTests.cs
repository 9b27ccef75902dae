using System.Net;

namespace BtFs.EndToEnd;

/// <summary>Two peers, neither of which can be called, reach each other with the help of a third (BEP 55).</summary>
public sealed class HolepunchTests : IDisposable
{
    private const int Port = 6881;

    private static readonly string[] Alone = ["--no-dht", "--no-lsd", "--no-port-mapping"];

    private readonly TemporaryFolder _folder = new();
    private readonly TorrentFixture _torrent;

    public HolepunchTests()
    {
        _torrent = TorrentFixture.Make(_folder, "films", 65_536, new FileShape("film.mkv", 3_000_001));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("libtorrent")]
    [InlineData("btfs")]
    public async Task A_seed_behind_one_router_is_read_from_behind_another(string seed)
    {
        await using var world = await TwoHomes.MakeAsync();
        var server = new IPEndPoint(TwoHomes.ServerAddress, Port);
        await using var third = await BtfsMount.StartAsync(BtfsPlaces.In(_folder) with { Network = world.Server }, _torrent.TorrentFile, [.. Alone, "--browse-only", $"--min-port={Port}"]);
        await using var owner = await SeedAsync(seed, world.Homes[0], server);
        await using var mount = await BtfsMount.StartAsync(
            BtfsPlaces.In(_folder) with { Network = world.Homes[1] }, _torrent.TorrentFile, [.. Alone, "--debug", $"--peer={server}"]);

        // The third has nothing of it.
        await Same.ContentAsync(_torrent, mount);
        Assert.Contains($"{TwoHomes.RouterAddresses[0]}:{Port} connected", mount.Log);
        if (seed == "libtorrent")
        {
            // It heard of nobody, so it called at the third's word. Two of us may have called each other by chance.
            Assert.Contains("at a third's word", mount.Log);
        }

        await mount.UnmountAsync();
    }

    private async Task<IAsyncDisposable> SeedAsync(string program, NetworkNamespace within, IPEndPoint relay)
    {
        if (program == "btfs")
        {
            return await BtfsMount.StartAsync(
                BtfsPlaces.In(_folder) with { Network = within }, _torrent.TorrentFile, [.. Alone, $"--seed-from={_torrent.SaveFolder}", $"--peer={relay}", "--utp-only"]);
        }

        var seed = await LibtorrentSeed.StartUtpAsync(new IPEndPoint(TwoHomes.Inside(0), Port), within, isDeaf: true);
        await seed.AddAsync(_torrent);
        await seed.ConnectAsync(relay);
        return seed;
    }
}
