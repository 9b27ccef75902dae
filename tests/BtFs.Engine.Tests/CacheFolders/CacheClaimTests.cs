using BtFs.Engine.CacheFolders;
using BtFs.Engine.Storage;
using BtFs.Engine.Tests.Storage;

namespace BtFs.Engine.Tests.CacheFolders;

public sealed class CacheClaimTests : IDisposable
{
    private readonly SampleTorrent _torrent = new(pieceLength: 40_000, length: 100_001);
    private readonly StorageBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Who_comes_second_gets_a_private_folder_that_is_not_kept_and_hears_where_the_first_listens()
    {
        var first = await ClaimAsync(CacheRetention.UntilClosed, port: 6881);
        var second = await ClaimAsync(CacheRetention.Pinned, port: 6882);
        var third = await ClaimAsync(CacheRetention.UntilClosed);

        Assert.Equal(0, first.NeighbourPort);
        Assert.Equal((6881, 6881), (second.NeighbourPort, third.NeighbourPort));
        Assert.Equal([1, 2, 3], new[] { first, second, third }.Select(claim => claim.Folder.Name.Number));
        Assert.Equal(CacheRetention.UntilClosed, second.Folder.Retention);
        Assert.Contains(_bench.Log.Lines, line => line.Contains($"in use by process {Environment.ProcessId}", StringComparison.Ordinal));
        foreach (var claim in new[] { first, second, third })
        {
            DiskFiles.Discard(claim.Folder);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_bench.CacheDirectory));
    }

    [Fact]
    public async Task When_the_first_has_gone_the_next_one_gets_the_torrents_own_folder()
    {
        var first = await ClaimAsync(CacheRetention.UntilClosed);
        var second = await ClaimAsync(CacheRetention.UntilClosed);
        DiskFiles.Discard(first.Folder);
        var third = await ClaimAsync(CacheRetention.UntilClosed);

        Assert.Equal((1, 0), (third.Folder.Name.Number, third.NeighbourPort));
        DiskFiles.Discard(second.Folder);
        DiskFiles.Discard(third.Folder);
    }

    [Fact]
    public async Task What_is_in_place_of_the_folder_and_is_none_is_left_alone()
    {
        Directory.CreateDirectory(_bench.CacheDirectory);
        File.WriteAllText(_bench.FolderOf(_torrent), "mine");

        var claim = await ClaimAsync(CacheRetention.Pinned);
        Assert.Equal((2, CacheRetention.UntilClosed), (claim.Folder.Name.Number, claim.Folder.Retention));
        DiskFiles.Discard(claim.Folder);
        Assert.Equal("mine", File.ReadAllText(_bench.FolderOf(_torrent)));
    }

    [Fact]
    public async Task A_folder_that_somebody_just_looks_into_is_waited_for()
    {
        CacheFolder.Open(_bench.CacheDirectory, _torrent.InfoHash).Dispose();
        using var visit = CacheVisit.TryEnter(_bench.CacheDirectory, new CacheFolderName(_torrent.InfoHash))!;
        Assert.True(visit.TryTake());

        var claiming = ClaimAsync(CacheRetention.UntilClosed, time: TimeProvider.System);
        Assert.False(claiming.IsCompleted);
        visit.Leave();
        var claim = await claiming;
        Assert.Equal(1, claim.Folder.Name.Number);
        claim.Folder.Dispose();
    }

    [Theory]
    [InlineData("lock")]
    [InlineData("lock", "index")]
    [InlineData("lock", "data")]
    [InlineData("data", "index", "lock")]
    public async Task No_two_write_to_one_file_even_when_the_lock_was_deleted(params string[] deleted)
    {
        await using var first = await _bench.OpenAsync(_torrent, keep: true);
        Array.ForEach(deleted, name => File.Delete(Path.Combine(_bench.FolderOf(_torrent), name)));
        await using var second = await _bench.OpenAsync(_torrent, keep: true);
        _bench.AddAll(first, _torrent);
        _bench.AddAll(second, _torrent);
        _bench.ForgetMemory(first);
        Eventually.True(() => second.BytesWaiting == 0);
        _bench.EvictAll();

        // The second one has memory alone, unless the files are all its own.
        Assert.Equal(3, await StorageBench.CountReadableAsync(first, _torrent));
        Assert.Equal(deleted.Length == 3 ? 3 : 0, await StorageBench.CountReadableAsync(second, _torrent));
    }

    [Fact]
    public async Task What_was_kept_stays_kept_until_somebody_cleans()
    {
        foreach (var (wanted, kept) in new[]
        {
            (CacheRetention.UntilClosed, CacheRetention.UntilClosed),
            (CacheRetention.Evictable, CacheRetention.Evictable),
            (CacheRetention.UntilClosed, CacheRetention.Evictable),
            (CacheRetention.Pinned, CacheRetention.Pinned),
            (CacheRetention.Evictable, CacheRetention.Pinned),
            (CacheRetention.UntilClosed, CacheRetention.Pinned),
        })
        {
            using var folder = (await ClaimAsync(wanted)).Folder;
            Assert.Equal(kept, folder.Retention);
        }
    }

    [Theory]
    [InlineData("", CacheRetention.Pinned)]
    [InlineData("pin", CacheRetention.Pinned)]
    [InlineData("persist", CacheRetention.Evictable)]
    [InlineData("persist\n", CacheRetention.Evictable)]
    [InlineData("persist and much more than fits", CacheRetention.Pinned)]
    public async Task A_damaged_mark_still_keeps(string mark, CacheRetention kept)
    {
        (await ClaimAsync(CacheRetention.Pinned)).Folder.Dispose();
        File.WriteAllText(Path.Combine(_bench.FolderOf(_torrent), "keep"), mark);

        using var folder = (await ClaimAsync(CacheRetention.UntilClosed)).Folder;
        Assert.Equal(kept, folder.Retention);
    }

    // On the real clock: a folder that is taken is looked at twice, with a pause between.
    private Task<CacheClaim> ClaimAsync(CacheRetention wanted, int port = 0, TimeProvider? time = null) =>
        CacheClaim.TakeAsync(_bench.CacheDirectory, _torrent.InfoHash, wanted, port, time ?? TimeProvider.System, _bench.Log);
}
