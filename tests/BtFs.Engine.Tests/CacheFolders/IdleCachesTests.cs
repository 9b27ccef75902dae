using BtFs.Engine.CacheFolders;
using BtFs.Engine.Layout;
using BtFs.Engine.Storage;
using BtFs.Engine.Tests.Storage;

namespace BtFs.Engine.Tests.CacheFolders;

public sealed class IdleCachesTests : IDisposable
{
    private const int Piece = 65_536;
    private const int Pieces = 20;

    private readonly SampleTorrent _older = new(Piece, Pieces * Piece, seed: 1);
    private readonly SampleTorrent _newer = new(Piece, Pieces * Piece, seed: 2);
    private readonly StorageBench _bench = new();
    private readonly IdleCaches _idle;

    public IdleCachesTests() => _idle = new IdleCaches(_bench.CacheDirectory, _bench.Log);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Where_nothing_was_ever_cached_there_is_nothing_to_free()
    {
        Assert.Equal((0L, 0L), (_idle.BytesOnDisk(), _idle.Free(1)));
        Assert.Empty(_bench.Log.Lines);
    }

    [Fact]
    public async Task What_is_open_is_not_idle()
    {
        await FillAsync(_older, CacheRetention.Evictable);
        var idle = _idle.BytesOnDisk();
        Assert.InRange(idle, Pieces * Piece, (Pieces * Piece) + 100_000);
        await using (await OpenAsync(_older, CacheRetention.Evictable))
        {
            Assert.Equal((0L, 0L), (_idle.BytesOnDisk(), _idle.Free(long.MaxValue)));
        }

        Assert.Equal(Pieces, await CountAsync(_older));
    }

    [Fact]
    public async Task Room_is_made_piece_by_piece_from_the_end_of_what_was_unused_for_longest()
    {
        await FillAsync(_newer, CacheRetention.Evictable, usedAt: 2020);
        await FillAsync(_older, CacheRetention.Evictable, usedAt: 2010);
        var before = _idle.BytesOnDisk();

        Assert.Equal(3 * Piece, _idle.Free((2 * Piece) + 1));
        Assert.Equal(before - (3 * Piece), _idle.BytesOnDisk());
        Assert.Equal(Pieces, await CountAsync(_newer));
        await using var store = await OpenAsync(_older, CacheRetention.Evictable);
        Assert.Equal(Enumerable.Range(0, Pieces - 3), store.Present.Select(piece => piece.Value).Order());
        Assert.Equal(Pieces - 3, await StorageBench.CountReadableAsync(store, _older));
    }

    [Fact]
    public async Task Nothing_is_left_of_what_was_freed_wholly_and_nothing_is_taken_from_what_is_pinned()
    {
        await FillAsync(_older, CacheRetention.Pinned, usedAt: 2010);
        await FillAsync(_newer, CacheRetention.Evictable, usedAt: 2020);
        var before = _idle.BytesOnDisk();

        var freed = _idle.Free(long.MaxValue);
        Assert.Equal(before - _idle.BytesOnDisk(), freed);
        Assert.Equal([_bench.FolderOf(_older)], Directory.EnumerateFileSystemEntries(_bench.CacheDirectory));
        Assert.Equal(Pieces, await CountAsync(_older));
    }

    [Fact]
    public async Task Making_room_is_no_use_of_a_torrent()
    {
        await FillAsync(_older, CacheRetention.Evictable, usedAt: 2010);
        var used = Assert.Single(new CacheDirectory(_bench.CacheDirectory).List()).LastUsed;
        _idle.Free(Piece);

        Assert.Equal(2010, used.Year);
        Assert.Equal(used, Assert.Single(new CacheDirectory(_bench.CacheDirectory).List()).LastUsed);
    }

    [Fact]
    public async Task What_a_killed_mount_left_goes_and_what_is_kept_or_in_use_stays()
    {
        await FillAsync(_older, CacheRetention.Evictable);
        await using var open = await OpenAsync(_newer, CacheRetention.UntilClosed);
        var left = new SampleTorrent(Piece, Piece, seed: 3);
        foreach (var name in new[] { left.InfoHash.ToString(), $"{_older.InfoHash}.2" })
        {
            var folder = Directory.CreateDirectory(Path.Combine(_bench.CacheDirectory, name)).FullName;
            File.WriteAllText(Path.Combine(folder, "data"), "bytes");
            File.WriteAllText(Path.Combine(folder, "lock"), "1 6881\n");
        }

        _idle.RemoveLeftovers();
        Assert.Equal(
            new[] { _bench.FolderOf(_older), _bench.FolderOf(_newer) }.Order(), Directory.EnumerateFileSystemEntries(_bench.CacheDirectory).Order());
        Assert.Equal(Pieces, await CountAsync(_older));
    }

    [Fact]
    public void What_is_not_ours_in_the_cache_directory_is_never_touched()
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(_bench.CacheDirectory, "elsewhere")).FullName;
        File.WriteAllText(Path.Combine(elsewhere, "data"), "mine");
        File.WriteAllText(Path.Combine(_bench.CacheDirectory, "data"), "mine");
        Directory.CreateSymbolicLink(_bench.FolderOf(_older), elsewhere);
        var stranger = Directory.CreateDirectory(_bench.FolderOf(_newer)).FullName;
        File.WriteAllText(Path.Combine(stranger, "notes.txt"), "mine");

        _idle.RemoveLeftovers();
        _idle.Free(long.MaxValue);
        foreach (var file in new[] { "elsewhere/data", "data", $"{_older.InfoHash}/data", $"{_newer.InfoHash}/notes.txt" })
        {
            Assert.Equal("mine", File.ReadAllText(Path.Combine(_bench.CacheDirectory, file)));
        }
    }

    [Fact]
    public async Task A_folder_without_its_lock_is_still_its_owners()
    {
        await using var open = await OpenAsync(_older, CacheRetention.UntilClosed);
        _bench.AddAll(open, _older);
        _bench.ForgetMemory(open);
        File.Delete(Path.Combine(_bench.FolderOf(_older), "lock"));

        _idle.RemoveLeftovers();
        Assert.True(Assert.Single(new CacheDirectory(_bench.CacheDirectory).List()).IsInUse);
        Assert.Equal(Pieces, await StorageBench.CountReadableAsync(open, _older));
        Assert.True(File.Exists(Path.Combine(_bench.FolderOf(_older), "data")));
    }

    [Fact]
    public async Task A_list_tells_what_is_there_and_who_has_it()
    {
        await FillAsync(_older, CacheRetention.Pinned, usedAt: 2010);
        await using var open = await OpenAsync(_newer, CacheRetention.UntilClosed);
        open.Add(_newer.Range(new PieceIndex(4), _bench.Shared.Buffers));
        Eventually.True(() => open.BytesWaiting == 0);

        var list = new CacheDirectory(_bench.CacheDirectory).List();
        Assert.Equal([_newer.InfoHash, _older.InfoHash], list.Select(torrent => torrent.InfoHash));
        Assert.Equal((true, Environment.ProcessId, (long)Piece), (list[0].IsInUse, list[0].Process, list[0].BytesPresent));
        Assert.Equal((false, null, (long)Pieces * Piece), (list[1].IsInUse, list[1].Process, list[1].BytesPresent));
        Assert.Equal((CacheRetention.Pinned, 2010), (list[1].Retention, list[1].LastUsed.Year));
        Assert.All(list, torrent => Assert.Equal(Pieces * Piece, torrent.Length));
        Assert.InRange(list[0].BytesOnDisk, Piece, 2 * Piece);
    }

    private async Task<RangeStore> OpenAsync(SampleTorrent torrent, CacheRetention retention)
    {
        var folder = CacheFolder.Open(_bench.CacheDirectory, torrent.InfoHash);
        folder.Keep(retention);
        return await RangeStore.OpenAsync(
            folder, retention != CacheRetention.UntilClosed, torrent.InfoHash, torrent.Layout, _bench.Shared, _bench.Lost.Enqueue);
    }

    private async Task FillAsync(SampleTorrent torrent, CacheRetention retention, int usedAt = 2000)
    {
        await using (var store = await OpenAsync(torrent, retention))
        {
            _bench.AddAll(store, torrent);
            Eventually.True(() => store.BytesWaiting == 0);
        }

        File.SetLastWriteTimeUtc(Path.Combine(_bench.FolderOf(torrent), "lock"), new DateTime(usedAt, 1, 2, 3, 4, 5, DateTimeKind.Utc));
    }

    private async Task<int> CountAsync(SampleTorrent torrent)
    {
        await using var store = await OpenAsync(torrent, CacheRetention.Evictable);
        return await StorageBench.CountReadableAsync(store, torrent);
    }
}
