using System.Net;
using BtFs.Engine.Seeding;
using BtFs.Engine.Tests.Seeding;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Engine.Tests.Dht;

/// <summary>Real engines that take part in the DHT, on this machine.</summary>
public sealed class EngineDhtTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly SourceFolder _folder = new();
    private readonly string _caches = Directory.CreateTempSubdirectory("btfs-engines-").FullName;

    public EngineDhtTests() => _folder.Write("film.mkv", 300_000);

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_caches, recursive: true);
    }

    [Fact]
    public async Task Two_peers_that_know_no_node_tell_each_other_of_their_own()
    {
        var created = await CreateAsync(isPrivate: false);
        await using var seed = Start("seed");
        var seeding = seed.Seed(Source(created, isMagnet: false), created);
        await using var leecher = Start("leecher");
        var torrent = leecher.Add(Source(created, isMagnet: true, seed));

        await torrent.Content.WaitAsync(Patience);
        await UntilAsync(() => torrent.Status.DhtNodes == 1 && seeding.Status.DhtNodes == 1);
    }

    [Fact]
    public async Task A_magnet_that_turns_out_private_leaves_the_DHT()
    {
        var created = await CreateAsync(isPrivate: true);
        await using var seed = Start("seed");
        await seed.Seed(Source(created, isMagnet: false), created).Content.WaitAsync(Patience);
        await using var leecher = Start("leecher");
        var torrent = leecher.Add(Source(created, isMagnet: true, seed));

        await torrent.Content.WaitAsync(Patience);

        await UntilAsync(() => leecher.DhtNodes is null);
        Assert.Null(seed.DhtNodes);
        Assert.Equal(0, torrent.Status.DhtNodes);
    }

    private async Task<CreatedTorrent> CreateAsync(bool isPrivate) => await TorrentCreator.CreateAsync(
        _folder["film.mkv"], new CreationOptions { PieceLength = 64 * 1024, IsPrivate = isPrivate }, progress: null, CancellationToken.None);

    private TorrentEngine Start(string name) => TorrentEngine.Start(
        new EngineOptions { CacheDirectory = Path.Combine(_caches, name), MinPort = 0, MaxPort = 0, Dht = new DhtOptions { EntryPoints = [] } },
        TimeProvider.System,
        Random.Shared,
        NullLoggerFactory.Instance);

    private static TorrentSource Source(CreatedTorrent created, bool isMagnet, params TorrentEngine[] peers) => new()
    {
        InfoHash = created.Metainfo.Info.InfoHash,
        Info = isMagnet ? null : created.Metainfo.Info,
        Peers = [.. peers.Select(engine => new IPEndPoint(IPAddress.Loopback, engine.ListenPort))],
    };

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isSo())
        {
            await Task.Delay(Look, TimeProvider.System, patience.Token);
        }
    }
}
