using BtFs.Engine.Layout;
using BtFs.Engine.Storage;
using BtFs.Engine.Storage.Limits;

namespace BtFs.Engine.Tests.Storage.Limits;

/// <summary>The store of a torrent that is larger than the cache may be.</summary>
public sealed class BoundedStoreTests : IDisposable
{
    private const int PieceLength = 64 << 10;
    private const long Limit = 2 << 20;

    private readonly SampleTorrent _torrent = new(PieceLength, (8 << 20) - 777);
    private readonly StorageBench _bench = new(memoryBytes: 256 << 10, limit: DiskShare.OfBytes(Limit));

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task The_disk_never_takes_more_than_the_limit_and_what_is_left_reads_right()
    {
        await using var store = await _bench.OpenAsync(_torrent, keep: false);
        foreach (var piece in _torrent.Pieces)
        {
            Add(store, piece);
            Assert.True(BytesOnDisk() <= Limit, $"{BytesOnDisk()} bytes after piece {piece}.");
        }

        Assert.InRange(BytesOnDisk(), 0.85 * Limit, Limit);
        _bench.ForgetMemory(store);
        var readable = await StorageBench.CountReadableAsync(store, _torrent);
        Assert.InRange(readable * (long)PieceLength, 0.8 * Limit, Limit);
        Assert.Equal(_torrent.Layout.PieceCount - readable, _bench.Lost.Count);
        Assert.Empty(_bench.Log.Lines);
    }

    [Fact]
    public async Task What_readers_are_about_to_read_is_still_there_after_the_whole_torrent_went_by()
    {
        await using var store = await _bench.OpenAsync(_torrent, keep: false);
        store.Protect([new PieceSpan(new PieceIndex(3), new PieceIndex(9))]);
        foreach (var piece in _torrent.Pieces)
        {
            Add(store, piece);
        }

        _bench.ForgetMemory(store);
        for (var i = 3; i <= 9; i++)
        {
            Assert.True(await StorageBench.ReadsRightAsync(store, _torrent, _torrent.Layout.Whole(new PieceIndex(i))));
        }
    }

    [Fact]
    public async Task What_was_read_outlives_what_was_not()
    {
        await using var store = await _bench.OpenAsync(_torrent, keep: false);
        foreach (var piece in _torrent.Pieces.Take(10))
        {
            store.NoteRead(piece);
            Add(store, piece);
        }

        foreach (var piece in _torrent.Pieces.Skip(10))
        {
            Add(store, piece);
        }

        _bench.ForgetMemory(store);
        Assert.True(await StorageBench.ReadsRightAsync(store, _torrent, _torrent.Layout.Whole(new PieceIndex(0))));
        Assert.DoesNotContain(_bench.Lost, piece => piece.Value < 10);
    }

    [Fact]
    public async Task The_next_run_finds_what_was_not_evicted_and_only_that()
    {
        var first = await _bench.OpenAsync(_torrent, keep: true);
        foreach (var piece in _torrent.Pieces)
        {
            Add(first, piece);
        }

        await first.DisposeAsync();
        _bench.Lost.Clear();
        await using var next = await _bench.OpenAsync(_torrent, keep: true);

        Assert.InRange(next.Present.Count * (long)PieceLength, 0.8 * Limit, Limit);
        Assert.Equal(next.Present.Count, await StorageBench.CountReadableAsync(next, _torrent));
        Assert.Empty(_bench.Lost);
        Assert.Empty(_bench.Log.Lines);
    }

    [Fact]
    public async Task What_a_killed_run_wrote_without_saying_so_is_freed_by_the_next_one()
    {
        Directory.CreateDirectory(_bench.FolderOf(_torrent));
        File.WriteAllBytes(Path.Combine(_bench.FolderOf(_torrent), "data"), _torrent.Bytes[..(4 << 20)]);
        Assert.True(BytesOnDisk() > Limit);

        await using var store = await _bench.OpenAsync(_torrent, keep: false);
        Assert.True(BytesOnDisk() < PieceLength);
    }

    [Fact]
    public async Task Readers_among_evictions_get_right_bytes_or_none_and_nobody_speaks_of_damage()
    {
        await using var store = await _bench.OpenAsync(_torrent, keep: false);
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(seed => Task.Factory.StartNew(() => ReadOnAsync(store, seed, stop.Token), stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()).ToList();
        for (var round = 0; round < 4; round++)
        {
            foreach (var piece in _torrent.Pieces)
            {
                Add(store, piece);
            }
        }

        await stop.CancelAsync();
        var reads = (await Task.WhenAll(readers)).Sum();
        Assert.True(reads > 0, "No reader ever found anything.");
        Assert.Empty(_bench.Log.Lines);
    }

    [Fact]
    public async Task Closing_in_the_middle_of_evictions_leaves_nothing_counted()
    {
        for (var round = 0; round < 10; round++)
        {
            var store = await _bench.OpenAsync(_torrent, keep: false);
            _bench.AddAll(store, _torrent);
            var evicting = _bench.Shared.Budget!.ShrinkAsync(Limit / 2);
            await store.DisposeAsync();
            await evicting;
            Assert.Equal(0, _bench.Shared.Budget.Used);
        }
    }

    [Fact]
    public async Task A_full_disk_is_written_again_after_something_else_has_gone()
    {
        var (data, index) = (new FaultyFile(), new FaultyFile());
        await using var store = await _bench.OpenAsync(_torrent, data, index);
        foreach (var piece in _torrent.Pieces.Take(20))
        {
            Add(store, piece);
        }

        var failures = 1;
        data.FailsWrite = _ => failures-- > 0;
        Add(store, new PieceIndex(50));
        _bench.ForgetMemory(store);

        Assert.True(await StorageBench.ReadsRightAsync(store, _torrent, _torrent.Layout.Whole(new PieceIndex(50))));
        Assert.NotEmpty(_bench.Lost);
        Assert.Empty(_bench.Log.Lines);
    }

    [Theory]
    [InlineData(1 << 20, true)]
    [InlineData(3 << 20, false)]
    public async Task Where_no_holes_can_be_made_a_torrent_is_kept_whole_or_in_memory(int length, bool isKept)
    {
        var torrent = new SampleTorrent(PieceLength, length);
        var data = new FaultyFile { CanPunch = false };
        await using var store = await _bench.OpenAsync(torrent, data, new FaultyFile());
        foreach (var piece in torrent.Pieces)
        {
            store.Add(torrent.Range(piece, _bench.Shared.Buffers));
            Eventually.True(() => store.BytesWaiting == 0);
        }

        _bench.ForgetMemory(store);
        Assert.Equal(isKept ? torrent.Layout.PieceCount : 0, await StorageBench.CountReadableAsync(store, torrent));
        Assert.Equal(isKept ? 0 : 1, _bench.Log.Lines.Count(line => line.Contains("--cache-size")));
        Assert.Equal(isKept ? torrent.Layout.TotalLength : 0, data.Length);
    }

    [Fact]
    public async Task With_a_limit_of_nothing_memory_does_all()
    {
        using var bench = new StorageBench(memoryBytes: 256 << 10, limit: DiskShare.OfBytes(0));
        await using var store = await bench.OpenAsync(_torrent, keep: false);
        foreach (var piece in _torrent.Pieces)
        {
            store.Add(_torrent.Range(piece, bench.Shared.Buffers));
            Eventually.True(() => store.BytesWaiting == 0);
            Assert.True(await StorageBench.ReadsRightAsync(store, _torrent, _torrent.Layout.Whole(piece)));
        }

        Assert.Equal(0, new FileInfo(Path.Combine(bench.FolderOf(_torrent), "data")).Length);
        Assert.Empty(bench.Log.Lines);
    }

    private async Task<int> ReadOnAsync(RangeStore store, int seed, CancellationToken stop)
    {
        var random = new Random(seed);
        var found = 0;
        while (!stop.IsCancellationRequested)
        {
            var piece = new PieceIndex(random.Next(_torrent.Layout.PieceCount));
            found += await StorageBench.ReadsRightAsync(store, _torrent, new PieceSlice(piece, random.Next(1000), 30_000)) ? 1 : 0;
        }

        return found;
    }

    private void Add(RangeStore store, PieceIndex piece)
    {
        store.Add(_torrent.Range(piece, _bench.Shared.Buffers));
        Eventually.True(() => store.BytesWaiting == 0);
    }

    /// <summary>As du(1) counts them.</summary>
    private long BytesOnDisk() => Directory.EnumerateFileSystemEntries(_bench.CacheDirectory, "*", SearchOption.AllDirectories)
        .Sum(path => Posix.StatusOf(path)?.BytesOnDisk ?? 0);
}
