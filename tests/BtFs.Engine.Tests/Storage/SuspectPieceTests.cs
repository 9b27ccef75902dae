using BtFs.Engine.Layout;
using BtFs.Engine.Storage;

namespace BtFs.Engine.Tests.Storage;

/// <summary>When a checksum is not enough, and what it takes until it is again.</summary>
public sealed class SuspectPieceTests : IDisposable
{
    private static readonly PieceIndex Piece = new(1);

    private readonly SampleTorrent _torrent = new(pieceLength: 40_000, length: 100_001);
    private readonly StorageBench _bench = new();
    private readonly FaultyFile _data = new();
    private readonly FaultyFile _index = new();
    private readonly List<PieceIndex> _hashed = [];

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task In_the_same_start_of_the_machine_nothing_is_hashed_again_after_a_kill_or_a_clean_end()
    {
        var killed = await FilledAsync(isClean: false);
        var ended = await FilledAsync(isClean: true);

        Assert.Equal(3, await ReadAsync(killed, StorageBench.FirstBoot));
        Assert.Equal(3, await ReadAsync(ended, StorageBench.FirstBoot));
        Assert.Empty(_hashed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_restart_of_the_machine_each_piece_is_hashed_once_before_it_is_served(bool wasClean)
    {
        var files = await FilledAsync(wasClean);
        for (var run = 0; run < 3; run++)
        {
            Assert.Equal(3, await ReadAsync(files, StorageBench.NextBoot));
        }

        Assert.Equal(_torrent.Pieces, _hashed.Order());
    }

    [Fact]
    public async Task A_machine_that_does_not_tell_its_start_is_another_one_each_time()
    {
        var files = await FilledAsync(isClean: true, Guid.Empty);
        await ReadAsync(files, Guid.Empty);

        Assert.Equal(3, _hashed.Count);
    }

    [Fact]
    public async Task A_data_file_that_is_another_or_was_written_to_since_is_hashed_before_it_is_served()
    {
        foreach (var change in new Action<FaultyFile>[] { file => file.Inode++, file => file.ModifiedAt++, file => file.SetLength(file.Length + 1) })
        {
            _hashed.Clear();
            var (data, index) = await FilledAsync(isClean: true);
            change(data);
            Assert.Equal(3, await ReadAsync((data, index), StorageBench.FirstBoot));
            Assert.Equal(3, _hashed.Count);
        }
    }

    [Fact]
    public async Task A_doubt_outlives_a_run_that_did_not_look()
    {
        var (data, index) = await FilledAsync(isClean: true);
        data.ModifiedAt++;
        await (await OpenAsync((data, index), StorageBench.FirstBoot)).DisposeAsync();
        var (killedData, killedIndex) = (data.Copy(), index.Copy());

        await ReadAsync((killedData, killedIndex), StorageBench.FirstBoot);
        Assert.Equal(3, _hashed.Count);
    }

    [Fact]
    public async Task Bytes_with_right_checksums_and_a_wrong_hash_are_never_served_when_the_cache_is_not_ours()
    {
        // A whole cache, forged: the checksums are those of the wrong bytes.
        var forged = new SampleTorrent(pieceLength: 40_000, length: 100_001, seed: 7);
        var store = await RangeStore.OpenAsync(
            new DiskFiles(_data, _index, keep: true), forged.Stored with { InfoHash = _torrent.InfoHash }, _bench.Shared, _bench.Lost.Enqueue);
        _bench.AddAll(store, forged);
        await store.DisposeAsync();
        var (data, index) = (_data.Copy(), _index.Copy());
        data.Inode++;

        Assert.Equal(0, await ReadAsync((data, index), StorageBench.FirstBoot));
        Assert.Equal(_torrent.Pieces, _bench.Lost.Order());
    }

    [Fact]
    public async Task Many_readers_of_a_suspect_piece_cost_one_hash()
    {
        await using var store = await OpenAsync(await FilledAsync(isClean: true), StorageBench.NextBoot);
        var readers = Enumerable.Range(0, 8).Select(i => Task.Run(() => StorageBench.ReadsRightAsync(store, _torrent, new PieceSlice(Piece, 1_000 * i, 1_000))));

        Assert.All(await Task.WhenAll(readers), Assert.True);
        Assert.Equal([Piece], _hashed);
    }

    [Fact]
    public async Task What_was_written_before_an_fsync_that_failed_is_hashed_before_it_is_served_in_this_run_and_the_next()
    {
        var store = await OpenAsync((_data, _index), StorageBench.FirstBoot);
        store.Add(_torrent.Range(new PieceIndex(0), _bench.Shared.Buffers));
        _bench.ForgetMemory(store);
        Synchronize();

        _data.FailsSynchronize = true;
        store.Add(_torrent.Range(Piece, _bench.Shared.Buffers));
        _bench.ForgetMemory(store);
        Synchronize();
        _data.FailsSynchronize = false;

        // A later success says nothing of what failed before.
        store.Add(_torrent.Range(new PieceIndex(2), _bench.Shared.Buffers));
        _bench.ForgetMemory(store);
        Synchronize();

        Assert.Equal(3, await ReadAsync((_data.Copy(), _index.Copy()), StorageBench.FirstBoot));
        Assert.Equal([Piece], _hashed);
        Assert.Equal(3, await StorageBench.CountReadableAsync(store, _torrent));
        Assert.Equal([Piece, Piece], _hashed);
        await store.DisposeAsync();
    }

    [Fact]
    public async Task A_cache_is_brought_to_the_disk_after_thirty_seconds_and_not_without_need()
    {
        await using var store = await OpenAsync((_data, _index), StorageBench.FirstBoot);
        var synchronized = 0;
        _data.Synchronizing = () => Interlocked.Increment(ref synchronized);
        store.Add(_torrent.Range(Piece, _bench.Shared.Buffers));
        _bench.ForgetMemory(store);
        _bench.Time.Advance(CacheUpkeep.SynchronizeEvery - TimeSpan.FromTicks(1));
        store.Add(_torrent.Range(new PieceIndex(2), _bench.Shared.Buffers));
        _bench.ForgetMemory(store);
        Assert.Equal(0, synchronized);

        _bench.Time.Advance(TimeSpan.FromTicks(1));
        Eventually.True(() => Volatile.Read(ref synchronized) == 1);
        _bench.Time.Advance(TimeSpan.FromHours(1));
        Assert.True(await StorageBench.ReadsRightAsync(store, _torrent, _torrent.Layout.Whole(Piece)));
        Assert.Equal(1, synchronized);
    }

    private void Synchronize()
    {
        var (written, isDone) = (_index.Length, false);
        _index.Synchronizing = () => Volatile.Write(ref isDone, true);
        _bench.Time.Advance(CacheUpkeep.SynchronizeEvery);

        // Where it fails, that is written down.
        Eventually.True(() => _data.FailsSynchronize ? _index.Length > written : Volatile.Read(ref isDone));
    }

    private async Task<(FaultyFile Data, FaultyFile Index)> FilledAsync(bool isClean, Guid? boot = null)
    {
        var (data, index) = (new FaultyFile(), new FaultyFile());
        var store = await OpenAsync((data, index), boot ?? StorageBench.FirstBoot);
        _bench.AddAll(store, _torrent);
        _bench.ForgetMemory(store);
        var killed = (data.Copy(), index.Copy());
        await store.DisposeAsync();
        return isClean ? (data.Copy(), index.Copy()) : killed;
    }

    private async Task<int> ReadAsync((FaultyFile Data, FaultyFile Index) files, Guid boot)
    {
        await using var store = await OpenAsync(files, boot);
        return await StorageBench.CountReadableAsync(store, _torrent);
    }

    private Task<RangeStore> OpenAsync((FaultyFile Data, FaultyFile Index) files, Guid boot)
    {
        var torrent = _torrent.Stored with
        {
            HashOf = piece =>
            {
                lock (_hashed)
                {
                    _hashed.Add(piece);
                }

                return _torrent.HashOf(piece);
            },
        };
        return RangeStore.OpenAsync(new DiskFiles(files.Data, files.Index, keep: true), torrent, _bench.Shared with { Boot = boot }, _bench.Lost.Enqueue);
    }
}
