using System.Net;
using System.Net.Sockets;
using BtFs.Engine.Layout;
using BtFs.Engine.Seeding;
using BtFs.Engine.Tests.Seeding;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Engine.Tests.Discovery;

/// <summary>Real engines whose trackers are down, each in another way.</summary>
public sealed class DeadTrackersTests : IDisposable
{
    private static readonly TimeSpan FirstByteWithin = TimeSpan.FromSeconds(10);

    private readonly SourceFolder _folder = new();
    private readonly string _caches = Directory.CreateTempSubdirectory("btfs-engines-").FullName;
    private readonly byte[] _bytes;

    public DeadTrackersTests() => _bytes = _folder.Write("film.mkv", 300_000);

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_caches, recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Trackers_that_refuse_hang_talk_nonsense_or_do_not_exist_hold_up_neither_the_next_tier_nor_other_sources(bool isTracked)
    {
        using var black = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using var hanging = RawHttpServer.Calling((_, _, cancel) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel));
        await using var nonsense = RawHttpServer.Answering([.. Enumerable.Repeat((byte)0xd8, 5_000)]);
        await using var page = RawHttpServer.Answering(RawHttpServer.Ok("<html>"u8));
        await using var broken = RawHttpServer.Answering(RawHttpServer.Text("HTTP/1.1 503 Service Unavailable\nContent-Length: 0\n\n"));
        await using var full = RawHttpServer.Answering(RawHttpServer.Ok("d14:failure reason4:Full7:retry ini5ee"u8));
        await using var loop = RawHttpServer.Answering(RawHttpServer.Text("HTTP/1.1 302 Found\nLocation: /announce\nContent-Length: 0\n\n"));
        var created = await TorrentCreator.CreateAsync(_folder["film.mkv"], new CreationOptions { PieceLength = 64 * 1024 }, progress: null, CancellationToken.None);
        await using var seed = Start("seed");
        await seed.Seed(new TorrentSource { InfoHash = created.Metainfo.Info.InfoHash, Info = created.Metainfo.Info }, created).Content.WaitAsync(FirstByteWithin);
        await using var good = RawHttpServer.Answering(RawHttpServer.Ok(
            [.. "d8:intervali900e5:peers6:"u8, 127, 0, 0, 1, (byte)(seed.ListenPort >> 8), (byte)(seed.ListenPort & 0xff), (byte)'e']));
        await using var leecher = Start("leecher");
        var started = TimeProvider.System.GetTimestamp();

        var torrent = leecher.Add(new TorrentSource
        {
            InfoHash = created.Metainfo.Info.InfoHash,
            TrackerTiers =
            [
                [hanging.Url(), new Uri($"udp://127.0.0.1:{((IPEndPoint)black.Client.LocalEndPoint!).Port}/announce")],
                [new Uri($"http://127.0.0.1:{Closed()}/announce"), new Uri($"udp://127.0.0.1:{Closed()}/announce"), new Uri("http://nobody.invalid/announce")],
                [nonsense.Url(), page.Url(), broken.Url(), full.Url(), loop.Url(), new Uri("wss://t.example/announce")],
                .. isTracked ? new[] { new[] { good.Url() } } : [],
            ],
            Peers = isTracked ? [] : [new IPEndPoint(IPAddress.Loopback, seed.ListenPort)],
        });
        var content = await torrent.Content.WaitAsync(FirstByteWithin);
        using var reader = content.OpenReader(new FileIndex(0));
        using var segments = new ContentSegments();
        await reader.ReadAsync(0, 1_000, segments, CancellationToken.None).AsTask().WaitAsync(FirstByteWithin);
        var first = new byte[1_000];
        segments.CopyTo(first);

        Assert.Equal(_bytes[..1_000], first);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, FirstByteWithin);
    }

    /// <summary>A port at which nobody listens.</summary>
    private static int Closed()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private TorrentEngine Start(string name) => TorrentEngine.Start(
        new EngineOptions { CacheDirectory = Path.Combine(_caches, name), MinPort = 0, MaxPort = 0 }, TimeProvider.System, Random.Shared, NullLoggerFactory.Instance);
}
