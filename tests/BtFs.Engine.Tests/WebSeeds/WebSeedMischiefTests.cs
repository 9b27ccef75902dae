using System.Globalization;
using BtFs.Engine.Layout;
using BtFs.Engine.Seeding;
using BtFs.Engine.Tests.Seeding;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Engine.Tests.WebSeeds;

/// <summary>Servers that do whatever comes to their mind, by many seeds: readers get the right bytes all the same.</summary>
public sealed class WebSeedMischiefTests : IDisposable
{
    private const int Length = (2 << 20) + 4_321;

    private readonly SourceFolder _folder = new();
    private readonly byte[] _bytes;

    public WebSeedMischiefTests() => _bytes = _folder.Write("film.mkv", Length);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task One_server_that_breaks_off_anywhere_is_enough_and_beside_a_mischievous_one_an_honest_one_is(int seed)
    {
        await using var broken = new FileServer();
        broken.Answer = BreakingOff(new Random(seed));
        await using var mischievous = new FileServer();
        mischievous.Answer = Mischief(new Random(seed + 100));
        await using var honest = new FileServer().With("/film.mkv", _bytes);
        var created = await TorrentCreator.CreateAsync(_folder["film.mkv"], new CreationOptions { PieceLength = 64 * 1024 }, progress: null, CancellationToken.None);

        Assert.Equal(_bytes, await ReadAsync(created, broken.Root));
        Assert.Equal(_bytes, await ReadAsync(created, mischievous.Root, honest.Root));
    }

    /// <summary>Gives a block at least and then perhaps no more.</summary>
    private Func<AskedRange, Stream, CancellationToken, Task<bool>> BreakingOff(Random random) => async (asked, stream, cancel) =>
    {
        int given;
        lock (random)
        {
            given = random.Next(2) == 0 ? (int)asked.Length : (int)Math.Min(asked.Length, random.Next(TorrentLayout.BlockLength, 200_000));
        }

        await FileServer.SayAsync(
            stream,
            $"HTTP/1.1 206 Partial Content\nContent-Range: bytes {asked.From}-{asked.To}/{Length}\nContent-Length: {asked.Length}",
            _bytes.AsMemory((int)asked.From, given));
        return given == asked.Length || await FileServer.HangUp();
    };

    private Func<AskedRange, Stream, CancellationToken, Task<bool>> Mischief(Random random) => async (asked, stream, cancel) =>
    {
        int what;
        byte[] noise;
        lock (random)
        {
            what = random.Next(8);
            noise = new byte[random.Next(1, 5000)];
            random.NextBytes(noise);
        }

        var range = string.Create(CultureInfo.InvariantCulture, $"Content-Range: bytes {asked.From}-{asked.To}/{Length}");
        var right = _bytes.AsMemory((int)asked.From, (int)asked.Length);
        await (what switch
        {
            0 => FileServer.SayAsync(stream, "HTTP/1.1 503 No\nRetry-After: 0\nContent-Length: 0"),
            1 => FileServer.SayAsync(stream, "HTTP/1.1 404 No\nRetry-After: 0\nContent-Length: 0"),
            2 => stream.WriteAsync(noise, cancel).AsTask(),
            3 => FileServer.SayAsync(stream, $"HTTP/1.1 206 Partial Content\n{range}\nTransfer-Encoding: chunked", noise),
            4 => FileServer.SayAsync(stream, $"HTTP/1.1 200 OK\nContent-Length: {Length}", _bytes),
            5 => FileServer.SayAsync(stream, $"HTTP/1.1 206 Partial Content\n{range}\nContent-Length: {asked.Length + 5000}", right),
            6 => FileServer.SayAsync(stream, "HTTP/1.1 301 Moved\nLocation: /elsewhere\nContent-Length: 0"),
            _ => FileServer.SayAsync(stream, $"HTTP/1.1 206 Partial Content\n{range}\nContent-Length: {asked.Length}", right),
        });
        return what is 0 or 1 or 6 or 7 || await FileServer.HangUp();
    };

    private static async Task<byte[]> ReadAsync(CreatedTorrent created, params Uri[] webSeeds)
    {
        await using var engine = TorrentEngine.Start(
            new EngineOptions { CacheDirectory = null, MinPort = 0, MaxPort = 0 }, TimeProvider.System, Random.Shared, NullLoggerFactory.Instance);
        var source = new TorrentSource { InfoHash = created.Metainfo.Info.InfoHash, Info = created.Metainfo.Info, WebSeeds = webSeeds };
        var content = await engine.Add(source).Content.WaitAsync(Peers.Loopback.Patience);
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
