using BtFs.Engine.CacheFolders;
using BtFs.Engine.Layout;
using BtFs.Engine.Storage;

namespace BtFs.Engine.Tests.Storage;

public sealed class DiskStoreTests : IDisposable
{
    private readonly SampleTorrent _torrent = new(pieceLength: 40_000, length: 100_001);
    private readonly StorageBench _bench = new();
    private readonly FaultyFile _data = new();
    private readonly FaultyFile _index = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_piece_that_memory_let_go_is_read_from_the_disk()
    {
        await using var store = await _bench.OpenAsync(_torrent, keep: false);
        _bench.AddAll(store, _torrent);
        _bench.ForgetMemory(store);

        Assert.True(await StorageBench.ReadsRightAsync(store, _torrent, new PieceSlice(new PieceIndex(1), 20_000, 100)));
        Assert.Equal(3, await StorageBench.CountReadableAsync(store, _torrent));
        Assert.Empty(_bench.Lost);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_page_cache_has_is_answered_at_once_and_what_it_has_not_by_waiting(bool isInPageCache)
    {
        await using var store = await _bench.OpenAsync(_torrent, _data, _index);
        _bench.AddAll(store, _torrent);
        _bench.ForgetMemory(store);
        _data.IsInPageCache = isInPageCache;
        var slice = new PieceSlice(new PieceIndex(1), 20_000, 100);

        using var segments = new ContentSegments();
        Assert.Equal(isInPageCache, store.TryRead(slice, segments));
        Assert.Equal(isInPageCache ? _torrent.BytesOf(slice).ToArray() : [], segments.ToArray(0, segments.Length));
        Assert.True(await StorageBench.ReadsRightAsync(store, _torrent, slice));
        Assert.Empty(_bench.Lost);
    }

    [Fact]
    public async Task A_changed_byte_in_the_page_cache_is_not_served_either()
    {
        await using var store = await _bench.OpenAsync(_torrent, _data, _index);
        _bench.AddAll(store, _torrent);
        _bench.ForgetMemory(store);
        _data.IsInPageCache = true;
        _data.Bytes = new byte[_data.Length];

        using var segments = new ContentSegments();
        Assert.False(store.TryRead(new PieceSlice(new PieceIndex(1), 20_000, 100), segments));
        Assert.Equal([new PieceIndex(1)], _bench.Lost);
    }

    [Fact]
    public async Task A_range_can_be_read_from_memory_while_it_waits_for_the_disk()
    {
        using var gate = new ManualResetEventSlim();
        _data.Writing = gate.Wait;
        await using var store = await _bench.OpenAsync(_torrent, _data, _index);
        _bench.AddAll(store, _torrent);
        Assert.Equal(_torrent.Layout.TotalLength, store.BytesWaiting);
        _bench.EvictAll();

        // Memory and disk have nothing: only the queue can answer.
        using var segments = new ContentSegments();
        Assert.True(store.TryRead(_torrent.Layout.Whole(new PieceIndex(2)), segments));
        Assert.True(segments[0].Span.SequenceEqual(_torrent.BytesOf(_torrent.Layout.Whole(new PieceIndex(2)))));
        gate.Set();
        Eventually.True(() => store.BytesWaiting == 0);
    }

    [Fact]
    public async Task What_is_kept_is_there_in_the_next_run_and_known_to_be()
    {
        var first = await _bench.OpenAsync(_torrent, keep: true);
        _bench.AddAll(first, _torrent);
        await first.DisposeAsync();

        await using var second = await _bench.OpenAsync(_torrent, keep: true);
        Assert.Equal(_torrent.Pieces, second.Present.Order());
        Assert.Equal(3, await StorageBench.CountReadableAsync(second, _torrent));
    }

    [Fact]
    public async Task Nothing_is_left_behind_when_nothing_is_to_be_kept()
    {
        var store = await _bench.OpenAsync(_torrent, keep: false);
        _bench.AddAll(store, _torrent);
        await store.DisposeAsync();

        Assert.Empty(Directory.EnumerateFileSystemEntries(_bench.CacheDirectory));
    }

    [Fact]
    public async Task What_is_kept_is_brought_to_the_disk_data_before_index()
    {
        var store = await _bench.OpenAsync(_torrent, _data, _index);
        _bench.AddAll(store, _torrent);
        var synchronized = new List<FaultyFile>();
        _data.FailsSynchronize = true;
        _data.Synchronizing = () => synchronized.Add(_data);
        _index.Synchronizing = () => synchronized.Add(_index);
        await store.DisposeAsync();

        Assert.Equal([_data, _index], synchronized);
        Assert.Contains(_bench.Log.Lines, line => line.Contains("power cut"));
    }

    [Fact]
    public async Task A_changed_byte_anywhere_on_the_disk_is_never_served()
    {
        var first = await _bench.OpenAsync(_torrent, _data, _index);
        _bench.AddAll(first, _torrent);
        await first.DisposeAsync();
        var random = new Random(5);
        for (var round = 0; round < 1_000; round++)
        {
            var (data, place) = (_data.Copy(), random.Next(_torrent.Bytes.Length));
            var bytes = data.Bytes;
            bytes[place] ^= (byte)(1 << random.Next(8));
            data.Bytes = bytes;
            _bench.Lost.Clear();
            data.IsInPageCache = round % 2 == 0;
            await using var store = await _bench.OpenAsync(_torrent, data, _index.Copy());

            Assert.Equal(2, await StorageBench.CountReadableAsync(store, _torrent));
            Assert.Equal([_torrent.Layout.PieceAt(place)], _bench.Lost);
        }

        Assert.Equal(1_000, _bench.Log.Lines.Count);
    }

    [Fact]
    public async Task A_piece_found_damaged_is_kept_again_when_it_comes_back()
    {
        await using var store = await _bench.OpenAsync(_torrent, _data, _index);
        _bench.AddAll(store, _torrent);
        _bench.ForgetMemory(store);
        _data.Bytes = new byte[_data.Length];
        var piece = new PieceIndex(1);
        var slice = _torrent.Layout.Whole(piece);
        Assert.False(await StorageBench.ReadsRightAsync(store, _torrent, slice));
        Assert.False(await StorageBench.ReadsRightAsync(store, _torrent, slice));
        Assert.Equal([piece], _bench.Lost);

        store.Add(_torrent.Range(piece, _bench.Shared.Buffers));
        _bench.ForgetMemory(store);
        Assert.True(await StorageBench.ReadsRightAsync(store, _torrent, slice));

        // And the next run hears of the end as well as of the return.
        await using var next = await _bench.OpenAsync(_torrent, _data.Copy(), _index.Copy());
        Assert.Contains(piece, next.Present);
        Assert.True(await StorageBench.ReadsRightAsync(next, _torrent, slice));
    }

    [Fact]
    public async Task A_run_killed_after_any_write_leaves_only_right_bytes_behind()
    {
        var runs = new List<(FaultyFile Data, FaultyFile Index)>();
        _data.Writing = _index.Writing = () => runs.Add((_data.Copy(), _index.Copy()));
        var store = await _bench.OpenAsync(_torrent, _data, _index);
        foreach (var piece in _torrent.Pieces)
        {
            store.Add(_torrent.Range(piece, _bench.Shared.Buffers));
            Eventually.True(() => store.BytesWaiting == 0);
        }

        await store.DisposeAsync();
        Assert.Equal(7, runs.Count);
        for (var killed = 0; killed < runs.Count; killed++)
        {
            await using var next = await _bench.OpenAsync(_torrent, runs[killed].Data, runs[killed].Index);
            Assert.Equal(killed / 2, await StorageBench.CountReadableAsync(next, _torrent));
            Assert.Empty(_bench.Lost);
        }
    }

    [Fact]
    public async Task A_power_cut_that_kept_the_index_and_lost_data_costs_the_pieces_and_nothing_else()
    {
        var store = await _bench.OpenAsync(_torrent, _data, _index);
        _bench.AddAll(store, _torrent);
        await store.DisposeAsync();
        var cut = _data.Copy();
        cut.SetLength(50_000);

        await using var next = await _bench.OpenAsync(_torrent, cut, _index.Copy());
        Assert.Equal(3, next.Present.Count);
        Assert.Equal(1, await StorageBench.CountReadableAsync(next, _torrent));
        Assert.Equal([new PieceIndex(1), new PieceIndex(2)], _bench.Lost);
    }

    [Fact]
    public async Task A_cache_of_another_torrent_is_not_believed()
    {
        var other = new SampleTorrent(pieceLength: 40_000, length: 100_001, seed: 2);
        var store = await _bench.OpenAsync(other, _data, _index);
        _bench.AddAll(store, other);
        await store.DisposeAsync();

        await using var ours = await _bench.OpenAsync(_torrent, _data, _index);
        Assert.Empty(ours.Present);
        Assert.Equal(0, _index.Length);
    }

    [Fact]
    public async Task A_store_that_cannot_open_its_files_does_with_memory()
    {
        var folder = CacheFolder.Open(_bench.CacheDirectory, _torrent.InfoHash);
        Directory.CreateDirectory(Path.Combine(folder.Path, "data", "not-ours"));

        await using var store = await RangeStore.OpenAsync(
            folder, keep: true, _torrent.Stored, _bench.Shared, _bench.Lost.Enqueue);
        _bench.AddAll(store, _torrent);
        Assert.Equal(3, await StorageBench.CountReadableAsync(store, _torrent));
        Assert.Contains(_bench.Log.Lines, line => line.Contains("data"));
    }
}
