using System.Net;
using BtFs.Engine.Layout;
using BtFs.Engine.Seeding;
using BtFs.Engine.Tests.Seeding;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Engine.Tests.Torrents;

/// <summary>Real engines on real sockets, all in this process.</summary>
public sealed class TwoEnginesTests : IDisposable
{
    private const int Length = (3 << 20) + 12_345;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly SourceFolder _folder = new();
    private readonly string _caches = Directory.CreateTempSubdirectory("btfs-engines-").FullName;
    private readonly byte[] _bytes;

    public TwoEnginesTests() => _bytes = _folder.Write("film.mkv", Length);

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_caches, recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_one_engine_seeds_another_reads_from_a_torrent_or_a_magnet_and_leaves_nothing_behind(bool isMagnet)
    {
        var created = await CreateAsync();
        await using var seed = await SeedAsync(created);
        await using (var leecher = Start("leecher"))
        {
            var torrent = leecher.Add(Source(created, isMagnet, seed));
            var content = await torrent.Content.WaitAsync(Patience);
            Assert.Equal(_bytes, await ReadAllAsync(content));
            Assert.Equal(Length, content.BytesPresent(new FileIndex(0)));
            Assert.False(torrent.Completion.IsCompleted);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_caches, "leecher")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_kept_cache_is_read_again_without_any_peer(bool isMagnet)
    {
        var created = await CreateAsync();
        await using (var seed = await SeedAsync(created))
        await using (var first = Start("kept", keep: true))
        {
            await ReadAllAsync(await first.Add(Source(created, isMagnet: false, seed)).Content.WaitAsync(Patience));
        }

        await using var again = Start("kept", keep: true);
        var content = await again.Add(Source(created, isMagnet)).Content.WaitAsync(Patience);
        Assert.Equal(Length, content.BytesPresent(new FileIndex(0)));
        Assert.Equal(_bytes, await ReadAllAsync(content));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task A_kept_torrent_knows_its_peers_when_it_is_opened_again_unless_they_are_not_the_trackers_or_somebody_wrote_nonsense(bool isPrivate, bool isTampered)
    {
        var created = await CreateAsync(isPrivate);
        await using var seed = await SeedAsync(created);
        await using (var first = Start("kept", keep: true))
        {
            await ReadAsync(await first.Add(Source(created, isMagnet: false, seed)).Content.WaitAsync(Patience), 0, 100_000);
        }

        var file = Path.Combine(_caches, "kept", created.Metainfo.Info.InfoHash.ToString(), "peers");
        Assert.Equal(!isPrivate, File.Exists(file));
        if (isTampered)
        {
            await File.WriteAllTextAsync(file, "ll6:\0\0\0\0\0\0i1ei-1ei1eeli7eee");
        }

        await using var again = Start("kept", keep: true);
        var torrent = again.Add(Source(created, isMagnet: true));
        var content = await torrent.Content.WaitAsync(Patience);
        if (isPrivate || isTampered)
        {
            // The loop hears of the peers before it hears of the bytes.
            await UntilAsync(() => torrent.Status.BytesPresent > 0);
            Assert.Equal(0, torrent.Status.PeersKnown);
            return;
        }

        Assert.Equal(_bytes[200_000..], await ReadAsync(content, 200_000, Length - 200_000));
    }

    [Fact]
    public async Task A_leecher_is_served_by_another_leecher_that_has_only_part_of_it()
    {
        var created = await CreateAsync();
        await using var seed = await SeedAsync(created);
        await using var middle = Start("middle");
        await using var last = Start("last");
        var middleTorrent = middle.Add(Source(created, isMagnet: false, seed));
        var middleContent = await middleTorrent.Content.WaitAsync(Patience);

        // The last one knows the middle one only: all that it reads has come through it, while that was reading itself.
        var lastContent = await last.Add(Source(created, isMagnet: true, middle)).Content.WaitAsync(Patience);
        var reading = ReadAllAsync(lastContent);
        Assert.Equal(_bytes, await ReadAllAsync(middleContent));
        Assert.Equal(_bytes, await reading);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_engines_on_one_cache_both_read_and_either_may_end_first(bool firstEndsFirst)
    {
        var created = await CreateAsync();
        await using var seed = await SeedAsync(created);
        var first = Start("shared");
        var second = Start("shared");
        var ahead = await first.Add(Source(created, isMagnet: true, seed)).Content.WaitAsync(Patience);
        await ReadAsync(ahead, 0, Length / 2);

        // All that this one is told of is the infohash: the rest is in the cache.
        var behind = await second.Add(Source(created, isMagnet: true)).Content.WaitAsync(Patience);
        Assert.Equal(_bytes[..(Length / 2)], await ReadAsync(behind, 0, Length / 2));

        var (ending, staying, content) = firstEndsFirst ? (first, second, behind) : (second, first, ahead);
        await ending.DisposeAsync();
        var there = firstEndsFirst ? Length / 2 : Length;
        Assert.Equal(_bytes[..there], await ReadAsync(content, 0, there));
        await staying.DisposeAsync();
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_caches, "shared")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_that_know_one_peer_each_find_each_other_unless_the_torrent_is_private(bool isPrivate)
    {
        var created = await CreateAsync(isPrivate);
        await using var seed = await SeedAsync(created);
        await using var one = Start("one");
        await using var other = Start("other");
        var first = one.Add(Source(created, isMagnet: false, seed));
        var second = other.Add(Source(created, isMagnet: true, seed));
        Task Connected(int peers) => UntilAsync(() => first.Status.PeersConnected == peers && second.Status.PeersConnected == peers);
        if (!isPrivate)
        {
            await Connected(2);
            return;
        }

        // What the seed would tell, it tells at its first tick; a public torrent beside it has been through that meanwhile.
        await Connected(1);
        await Two_that_know_one_peer_each_find_each_other_unless_the_torrent_is_private(isPrivate: false);
        Assert.Equal((1, 1), (first.Status.PeersKnown, second.Status.PeersKnown));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(60)]
    public async Task Closing_at_any_moment_is_quick_fails_the_readers_and_leaves_nothing_behind(int pieces)
    {
        var created = await CreateAsync();
        await using var seed = await SeedAsync(created);
        var leecher = Start("closing");
        var nobody = new IPEndPoint(IPAddress.Loopback, 9);
        var torrent = leecher.Add(Source(created, isMagnet: true, seed) with { Peers = pieces == 0 ? [nobody] : [nobody, At(seed)] });
        Task<byte[]>? reading = null;
        if (pieces > 0)
        {
            var content = await torrent.Content.WaitAsync(Patience);
            await ReadAsync(content, 0, pieces * 16 * 1024);
            reading = ReadAllAsync(content);
        }

        var started = TimeProvider.System.GetTimestamp();
        await leecher.DisposeAsync();
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(5), "It took long to close.");
        Assert.True(torrent.Completion.IsCompletedSuccessfully);
        if (reading is null)
        {
            await Assert.ThrowsAsync<ContentUnavailableException>(() => torrent.Content);
        }
        else
        {
            // All of it may have come before the end.
            Assert.True(await Record.ExceptionAsync(() => reading) is null or ContentUnavailableException);
        }

        var cache = Path.Combine(_caches, "closing");
        Assert.True(!Directory.Exists(cache) || !Directory.EnumerateFileSystemEntries(cache).Any());
    }

    [Fact]
    public async Task A_cache_folder_that_cannot_be_used_fails_the_content_and_closes_as_ever()
    {
        var created = await CreateAsync();
        File.WriteAllText(Path.Combine(_caches, "blocked"), "a file, not a folder");
        await using var engine = Start("blocked");
        var torrent = engine.Add(Source(created, isMagnet: false));

        await Assert.ThrowsAnyAsync<IOException>(() => torrent.Content.WaitAsync(Patience));
        await Task.WhenAll(torrent.DisposeAsync().AsTask(), torrent.DisposeAsync().AsTask()).WaitAsync(Patience);
    }

    private Task<CreatedTorrent> CreateAsync(bool isPrivate = false) => TorrentCreator.CreateAsync(
        _folder["film.mkv"], new CreationOptions { PieceLength = 64 * 1024, IsPrivate = isPrivate }, progress: null, CancellationToken.None);

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }

    private async Task<TorrentEngine> SeedAsync(CreatedTorrent created)
    {
        var engine = Start("seed");
        await engine.Seed(Source(created, isMagnet: false), created).Content.WaitAsync(Patience);
        return engine;
    }

    private TorrentEngine Start(string name, bool keep = false) => TorrentEngine.Start(
        new EngineOptions { CacheDirectory = Path.Combine(_caches, name), Retention = keep ? CacheRetention.Pinned : CacheRetention.UntilClosed, MinPort = 0, MaxPort = 0 },
        TimeProvider.System,
        Random.Shared,
        NullLoggerFactory.Instance);

    private static TorrentSource Source(CreatedTorrent created, bool isMagnet, params TorrentEngine[] peers) => new()
    {
        InfoHash = created.Metainfo.Info.InfoHash,
        Info = isMagnet ? null : created.Metainfo.Info,
        Peers = [.. peers.Select(At)],
    };

    private static IPEndPoint At(TorrentEngine engine) => new(IPAddress.Loopback, engine.ListenPort);

    private static Task<byte[]> ReadAllAsync(ITorrentContent content) => ReadAsync(content, 0, Length);

    private static async Task<byte[]> ReadAsync(ITorrentContent content, long offset, int length)
    {
        using var reader = content.OpenReader(new FileIndex(0));
        var all = new byte[length];
        for (var at = 0; at < length;)
        {
            using var into = new ContentSegments();
            var count = Math.Min(128 * 1024, length - at);
            await reader.ReadAsync(offset + at, count, into, CancellationToken.None).AsTask().WaitAsync(Patience);
            into.CopyTo(all.AsSpan(at));
            at += count;
        }

        return all;
    }
}
