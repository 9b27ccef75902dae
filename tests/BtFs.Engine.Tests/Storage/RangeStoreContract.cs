using BtFs.Engine.Layout;
using BtFs.Engine.Storage;
using BtFs.Testing;

namespace BtFs.Engine.Tests.Storage;

/// <summary>What every store must do. The fake passes it too, or the tests built on the fake prove nothing.</summary>
public abstract class RangeStoreContract : IAsyncLifetime
{
    private readonly StorageBench _bench = new();
    private readonly SampleTorrent _torrent = new(pieceLength: 40_000, length: 100_001);
    private IRangeStore _store = null!;

    public async Task InitializeAsync() => _store = await NewStoreAsync(_bench, _torrent);

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        _bench.Dispose();
    }

    [Fact]
    public async Task A_piece_that_was_never_added_is_not_here()
    {
        using var segments = new ContentSegments();
        Assert.False(_store.TryRead(new PieceSlice(new PieceIndex(1), 0, 1), segments));
        Assert.False(await _store.ReadAsync(new PieceSlice(new PieceIndex(1), 0, 1), segments, CancellationToken.None));
        Assert.Equal(0, segments.Count);
        Assert.Empty(_bench.Lost);
    }

    [Fact]
    public async Task Any_slice_of_an_added_piece_reads_as_it_came()
    {
        _bench.AddAll(_store, _torrent);
        foreach (var piece in _torrent.Pieces)
        {
            var length = _torrent.Layout.LengthOf(piece);
            foreach (var (offset, count) in new[] { (0, length), (0, 1), (length - 1, 1), (16_383, 2), (16_384, length - 16_384) })
            {
                var slice = new PieceSlice(piece, offset, count);
                using var segments = new ContentSegments();
                Assert.True(_store.TryRead(slice, segments));
                Assert.True(segments[0].Span.SequenceEqual(_torrent.BytesOf(slice)));
                Assert.True(await StorageBench.ReadsRightAsync(_store, _torrent, slice));
            }
        }
    }

    [Fact]
    public void Slices_of_several_pieces_make_one_answer_in_order()
    {
        _bench.AddAll(_store, _torrent);
        using var segments = new ContentSegments();
        Assert.True(_store.TryRead(new PieceSlice(new PieceIndex(0), 39_990, 10), segments));
        Assert.True(_store.TryRead(new PieceSlice(new PieceIndex(1), 0, 5), segments));

        var bytes = new byte[15];
        segments.CopyTo(bytes);
        Assert.Equal(_torrent.Bytes[39_990..40_005], bytes);
    }

    [Fact]
    public void A_piece_added_twice_is_kept_once()
    {
        _bench.AddAll(_store, _torrent);
        _bench.AddAll(_store, _torrent);

        // What may still be on its way to the disk is the first copy.
        Eventually.True(() => _bench.Shared.Buffers.LiveBytes == _torrent.Layout.TotalLength);
        using var segments = new ContentSegments();
        Assert.True(_store.TryRead(_torrent.Layout.Whole(new PieceIndex(2)), segments));
    }

    [Fact]
    public async Task Bytes_in_a_readers_hands_outlive_the_store()
    {
        _bench.AddAll(_store, _torrent);
        var slice = _torrent.Layout.Whole(new PieceIndex(1));
        using var segments = new ContentSegments();
        Assert.True(_store.TryRead(slice, segments));

        await _store.DisposeAsync();
        Eventually.True(() => _bench.Shared.Buffers.LiveBytes == slice.Length);
        var next = _bench.Shared.Buffers.Rent(slice.Length);
        next.GetSpan().Clear();
        Assert.True(segments[0].Span.SequenceEqual(_torrent.BytesOf(slice)));
        next.Release();
    }

    private protected abstract Task<IRangeStore> NewStoreAsync(StorageBench bench, SampleTorrent torrent);
}

public sealed class InMemoryRangeStoreTests : RangeStoreContract
{
    private protected override Task<IRangeStore> NewStoreAsync(StorageBench bench, SampleTorrent torrent) =>
        Task.FromResult<IRangeStore>(new InMemoryRangeStore(bench.Lost.Enqueue));
}

public sealed class RangeStoreInMemoryAloneTests : RangeStoreContract
{
    private protected override Task<IRangeStore> NewStoreAsync(StorageBench bench, SampleTorrent torrent) =>
        Task.FromResult<IRangeStore>(RangeStore.InMemory(torrent.Layout, bench.Shared, bench.Lost.Enqueue));
}

public sealed class RangeStoreOnDiskTests : RangeStoreContract
{
    private protected override async Task<IRangeStore> NewStoreAsync(StorageBench bench, SampleTorrent torrent) =>
        await bench.OpenAsync(torrent, keep: false);
}
