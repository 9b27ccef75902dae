using BtFs.Engine.Layout;
using BtFs.Engine.Storage;

namespace BtFs.Engine.Tests.Storage;

public sealed class DiskTroubleTests : IDisposable
{
    private readonly SampleTorrent _torrent = new(pieceLength: 20_000, length: 99_999);
    private readonly StorageBench _bench = new();
    private readonly FaultyFile _data = new();
    private readonly FaultyFile _index = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_disk_that_fails_at_any_write_fails_no_read(bool failsData)
    {
        for (var failing = 0; failing < 6; failing++)
        {
            var (data, index) = (_data.Copy(), _index.Copy());
            (failsData ? data : index).FailsWrite = write => write >= failing;
            await using var store = await _bench.OpenAsync(_torrent, data, index);
            foreach (var piece in _torrent.Pieces)
            {
                store.Add(_torrent.Range(piece, _bench.Shared.Buffers));
                Eventually.True(() => store.BytesWaiting == 0);
                Assert.True(await StorageBench.ReadsRightAsync(store, _torrent, _torrent.Layout.Whole(piece)));
            }

            Assert.Equal(5, await StorageBench.CountReadableAsync(store, _torrent));
            Assert.Empty(_bench.Lost);

            // And what the next run finds is right too, however the writes broke off.
            await using var next = await _bench.OpenAsync(_torrent, data.Copy(), index.Copy());
            Assert.Equal(Math.Min(failing, 5), await StorageBench.CountReadableAsync(next, _torrent));
            Assert.Empty(_bench.Lost);
        }
    }

    [Fact]
    public async Task A_piece_that_no_disk_took_is_told_lost_when_memory_lets_it_go()
    {
        _data.FailsWrite = _ => true;
        await using var store = await _bench.OpenAsync(_torrent, _data, _index);
        _bench.AddAll(store, _torrent);
        _bench.ForgetMemory(store);

        Eventually.True(() => _bench.Lost.Count == 5);
        Assert.Equal(_torrent.Pieces, _bench.Lost.Order());
        Assert.Equal(0, await StorageBench.CountReadableAsync(store, _torrent));
        Assert.Equal(5, _bench.Lost.Count);
    }

    [Fact]
    public async Task A_reader_that_finds_a_piece_gone_has_the_loop_told_before_it_asks()
    {
        await using var store = RangeStore.InMemory(_torrent.Layout, _bench.Shared, _bench.Lost.Enqueue);
        var piece = new PieceIndex(3);
        store.Add(_torrent.Range(piece, _bench.Shared.Buffers));
        _bench.ForgetMemory(store);

        Assert.False(await StorageBench.ReadsRightAsync(store, _torrent, _torrent.Layout.Whole(piece)));
        Assert.Equal([piece], _bench.Lost);
    }

    [Fact]
    public async Task A_full_disk_is_left_alone_for_five_seconds_and_then_used_again()
    {
        var full = true;
        _data.FailsWrite = _ => full;
        await using var store = await _bench.OpenAsync(_torrent, _data, _index);
        store.Add(_torrent.Range(new PieceIndex(0), _bench.Shared.Buffers));
        Eventually.True(() => store.BytesWaiting == 0);

        full = false;
        _bench.Time.Advance(DiskHealth.RetryAfter - TimeSpan.FromTicks(1));
        store.Add(_torrent.Range(new PieceIndex(1), _bench.Shared.Buffers));
        Assert.Equal(0, store.BytesWaiting);

        _bench.Time.Advance(TimeSpan.FromTicks(1));
        store.Add(_torrent.Range(new PieceIndex(2), _bench.Shared.Buffers));
        _bench.ForgetMemory(store);
        Assert.True(await StorageBench.ReadsRightAsync(store, _torrent, _torrent.Layout.Whole(new PieceIndex(2))));
    }

    [Fact]
    public async Task A_failing_disk_is_told_of_once_a_minute()
    {
        _data.FailsWrite = _ => true;
        await using var store = await _bench.OpenAsync(_torrent, _data, _index);
        for (var minute = 0; minute < 2; minute++)
        {
            for (var tries = 0; tries < 3; tries++)
            {
                store.Add(_torrent.Range(new PieceIndex(tries), _bench.Shared.Buffers));
                Eventually.True(() => store.BytesWaiting == 0);
                _bench.Time.Advance(TimeSpan.FromSeconds(20));
            }
        }

        Assert.Equal(2, _bench.Log.Lines.Count(line => line.Contains("No space left")));
    }

    [Fact]
    public async Task A_disk_that_cannot_be_read_costs_the_piece_and_not_the_read()
    {
        await using var store = await _bench.OpenAsync(_torrent, _data, _index);
        _bench.AddAll(store, _torrent);
        _bench.ForgetMemory(store);
        _data.FailsReads = true;

        Assert.False(await StorageBench.ReadsRightAsync(store, _torrent, _torrent.Layout.Whole(new PieceIndex(2))));
        Assert.Equal([new PieceIndex(2)], _bench.Lost);
    }

    [Fact]
    public async Task A_stuck_disk_cannot_eat_the_memory()
    {
        var torrent = new SampleTorrent(pieceLength: 8 << 20, length: 80 << 20);
        using var gate = new ManualResetEventSlim();
        _data.Writing = gate.Wait;
        await using var store = await _bench.OpenAsync(torrent, _data, _index, keep: false);
        _bench.AddAll(store, torrent);

        Assert.Equal(PendingWrites.HardLimit, store.BytesWaiting);
        gate.Set();
    }

    [Fact]
    public async Task Closing_without_keeping_does_not_wait_for_the_queue_to_be_written()
    {
        var writes = 0;
        using var gate = new ManualResetEventSlim();
        _data.Writing = () =>
        {
            writes++;
            gate.Wait();
        };
        var torrent = new SampleTorrent(pieceLength: 8 << 20, length: 40 << 20);
        var store = await _bench.OpenAsync(torrent, _data, _index, keep: false);
        _bench.AddAll(store, torrent);
        Eventually.True(() => Volatile.Read(ref writes) == 1);
        var closing = store.DisposeAsync();
        gate.Set();
        await closing;

        Assert.Equal(1, writes);
        Assert.Empty(_bench.Lost);
    }

    [Fact]
    public void An_fsync_that_fails_says_so()
    {
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.Out);
        var error = Assert.Throws<IOException>(() => Posix.Synchronize(pipe.SafePipeHandle));
        Assert.Contains("Invalid argument", error.Message);
    }
}
