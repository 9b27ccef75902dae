using System.Net;
using BtFs.Engine.Layout;
using BtFs.Engine.Seeding;
using BtFs.Engine.Tests.Seeding;
using BtFs.Engine.WebSeeds;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Engine.Tests.WebSeeds;

/// <summary>Whole engines that read from web servers, in this process.</summary>
public sealed class WebSeedEngineTests : IDisposable
{
    private const int Length = (3 << 20) + 12_345;

    private readonly SourceFolder _folder = new();
    private readonly string _caches = Directory.CreateTempSubdirectory("btfs-web-").FullName;
    private readonly byte[] _bytes;

    public WebSeedEngineTests() => _bytes = _folder.Write("film.mkv", Length);

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_caches, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_web_seed_alone_is_enough_for_a_private_torrent_too_and_is_no_connected_peer(bool isPrivate)
    {
        await using var server = new FileServer().With("/film.mkv", _bytes);
        var created = await CreateAsync(isPrivate);
        await using var engine = Start();
        var torrent = engine.Add(Source(created, server.Root));
        var content = await torrent.Content.WaitAsync(Peers.Loopback.Patience);

        Assert.Equal(_bytes, await ReadAsync(content));
        await WebSeedWireTests.UntilAsync(() => torrent.Status.WebSeeds == 1);
        Assert.Equal((0, 0), (torrent.Status.PeersConnected, torrent.Status.PeersKnown));
        Assert.InRange(server.Asked.Sum(asked => asked.Length), Length, Length * 11 / 10);
    }

    [Fact]
    public async Task It_takes_no_place_of_a_peer_and_both_are_used()
    {
        await using var server = new FileServer().With("/film.mkv", _bytes);
        var created = await CreateAsync();
        await using var seed = Start(peers: 1);
        await seed.Seed(Source(created), created).Content.WaitAsync(Peers.Loopback.Patience);
        await using var engine = Start(peers: 1);
        var torrent = engine.Add(Source(created, server.Root) with { Peers = [new IPEndPoint(IPAddress.Loopback, seed.ListenPort)] });
        var content = await torrent.Content.WaitAsync(Peers.Loopback.Patience);
        await WebSeedWireTests.UntilAsync(() => torrent.Status is { PeersConnected: 1, WebSeeds: 1 });

        Assert.Equal(_bytes, await ReadAsync(content));
        Assert.NotEmpty(server.Asked);
    }

    [Fact]
    public async Task One_that_lies_is_asked_no_more_and_the_bytes_of_another_are_right()
    {
        var wrong = _bytes.ToArray();
        for (var i = 7; i < wrong.Length; i += TorrentLayout.BlockLength)
        {
            wrong[i] ^= 1;
        }

        await using var liar = new FileServer().With("/film.mkv", wrong);
        await using var honest = new FileServer().With("/film.mkv", _bytes);
        var created = await CreateAsync();
        await using var engine = Start();
        var torrent = engine.Add(Source(created, liar.Root, honest.Root));
        var content = await torrent.Content.WaitAsync(Peers.Loopback.Patience);

        Assert.Equal(_bytes, await ReadAsync(content));
        await WebSeedWireTests.UntilAsync(() => torrent.Status.WebSeeds == 1);
    }

    [Fact]
    public async Task From_a_liar_alone_no_byte_is_read_and_the_read_fails_in_its_time()
    {
        await using var liar = new FileServer().With("/film.mkv", new byte[Length]);
        var created = await CreateAsync();
        await using var engine = Start(readTimeout: TimeSpan.FromSeconds(1));
        var content = await engine.Add(Source(created, liar.Root)).Content.WaitAsync(Peers.Loopback.Patience);

        await Assert.ThrowsAsync<ContentUnavailableException>(() => ReadAsync(content));
        Assert.Equal(0, content.BytesPresent(new FileIndex(0)));
    }

    [Fact]
    public async Task A_server_that_comes_back_is_worth_waiting_for_beyond_the_read_timeout()
    {
        await using var server = new FileServer().With("/film.mkv", _bytes);
        server.Answer = async (asked, stream, _) =>
        {
            if (asked.Number > 0)
            {
                return false;
            }

            await FileServer.SayAsync(stream, "HTTP/1.1 503 Busy\nContent-Length: 0\nRetry-After: 1");
            return true;
        };
        var created = await CreateAsync();
        await using var engine = Start(readTimeout: TimeSpan.FromMilliseconds(200));
        var content = await engine.Add(Source(created, server.Root)).Content.WaitAsync(Peers.Loopback.Patience);

        Assert.Equal(_bytes, await ReadAsync(content));
    }

    [Fact]
    public async Task A_missing_file_is_no_source()
    {
        await using var server = new FileServer();
        var created = await CreateAsync();
        await using var engine = Start(readTimeout: TimeSpan.FromMilliseconds(500));
        var content = await engine.Add(Source(created, server.Root)).Content.WaitAsync(Peers.Loopback.Patience);

        await Assert.ThrowsAsync<ContentUnavailableException>(() => ReadAsync(content));
    }

    [Fact]
    public async Task Closing_in_the_middle_of_an_answer_is_quick()
    {
        await using var server = new FileServer().With("/film.mkv", _bytes);
        server.Answer = async (_, _, cancel) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
            return true;
        };
        var created = await CreateAsync();
        var engine = Start();
        var content = await engine.Add(Source(created, server.Root)).Content.WaitAsync(Peers.Loopback.Patience);
        var reading = ReadAsync(content);
        await WebSeedWireTests.UntilAsync(() => server.Asked.Count > 0);

        var started = TimeProvider.System.GetTimestamp();
        await engine.DisposeAsync();
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(3), "It took long to close.");
        await Assert.ThrowsAsync<ContentUnavailableException>(() => reading);
    }

    [Fact]
    public async Task Only_web_addresses_are_used_each_once_and_sixteen_at_most()
    {
        var created = await CreateAsync();
        await using var engine = Start();
        Uri[] urls = [new("ftp://127.0.0.1/film.mkv"), .. Enumerable.Range(0, 20).SelectMany(i => new[] { new Uri($"http://127.0.0.1:9/{i}"), new Uri($"http://127.0.0.1:9/{i}") })];
        var torrent = engine.Add(Source(created, urls));

        await WebSeedWireTests.UntilAsync(() => torrent.Status.WebSeeds == 16);
    }

    private Task<CreatedTorrent> CreateAsync(bool isPrivate = false) => TorrentCreator.CreateAsync(
        _folder["film.mkv"], new CreationOptions { PieceLength = 64 * 1024, IsPrivate = isPrivate }, progress: null, CancellationToken.None);

    private TorrentEngine Start(int peers = EngineOptions.UsualPeers, TimeSpan? readTimeout = null) => TorrentEngine.Start(
        new EngineOptions
        {
            CacheDirectory = Path.Combine(_caches, Guid.NewGuid().ToString("N")),
            MinPort = 0,
            MaxPort = 0,
            MaxPeers = peers,
            ReadTimeout = readTimeout ?? TimeSpan.FromSeconds(120),
        },
        TimeProvider.System,
        Random.Shared,
        NullLoggerFactory.Instance);

    private static TorrentSource Source(CreatedTorrent created, params Uri[] webSeeds) => new()
    {
        InfoHash = created.Metainfo.Info.InfoHash,
        Info = created.Metainfo.Info,
        WebSeeds = webSeeds,
    };

    private static async Task<byte[]> ReadAsync(ITorrentContent content)
    {
        using var reader = content.OpenReader(new FileIndex(0));
        var all = new byte[Length];
        for (var at = 0; at < Length;)
        {
            using var into = new ContentSegments();
            var count = Math.Min(128 * 1024, Length - at);
            await reader.ReadAsync(at, count, into, CancellationToken.None).AsTask().WaitAsync(Peers.Loopback.Patience);
            into.CopyTo(all.AsSpan(at));
            at += count;
        }

        return all;
    }
}
