using BtFs.Engine.Layout;
using BtFs.Engine.Storage;
using BtFs.Engine.Torrents;
using BtFs.Engine.Verifying;
using BtFs.Testing;

namespace BtFs.Engine.Tests.Torrents;

public sealed class ContentReaderTests
{
    private const int PieceLength = 32 * 1024;
    private readonly SampleTorrent _torrent = new(PieceLength, 4 * PieceLength);
    private readonly SharedBufferPool _buffers = new();
    private readonly ManualTimeProvider _time = new();
    private readonly TorrentInbox _inbox = new();
    private readonly ForgetfulStore _store = new();
    private readonly ContentReader _reader;

    public ContentReaderTests() => _reader = new ContentReader(new FileIndex(0), ReadingStyle.Following, _torrent.Layout, _store, _inbox, _time);

    [Fact]
    public async Task A_read_of_two_pieces_ends_though_the_store_can_keep_only_one()
    {
        using var into = new ContentSegments();
        var read = _reader.ReadAsync(100, PieceLength, into, CancellationToken.None).AsTask();

        var first = await NextWaitAsync();
        Assert.Equal((0, 1), (first.Wish.First.Value, first.Wish.Last.Value));
        Store(0);
        first.Wish.Grant();
        var second = await NextWaitAsync();
        Assert.Equal((1, 1), (second.Wish.First.Value, second.Wish.Last.Value));
        Store(1);
        second.Wish.Grant();

        await read.WaitAsync(TimeSpan.FromSeconds(20));
        var bytes = new byte[PieceLength];
        into.CopyTo(bytes);
        Assert.Equal(_torrent.Bytes[100..(100 + PieceLength)], bytes);

        into.Dispose();
        _store.Forget();
        Assert.Equal(0, _buffers.LiveBytes);
    }

    [Fact]
    public async Task A_store_that_loses_a_piece_each_time_is_asked_ever_more_slowly_and_then_given_up()
    {
        using var into = new ContentSegments();
        var read = _reader.ReadAsync(0, 10, into, CancellationToken.None).AsTask();
        for (var round = 0; round < ContentReader.MaxLosses; round++)
        {
            if (round > 0)
            {
                await _time.UntilWaitedForAsync(TimeSpan.FromSeconds(5));
                Assert.False(_inbox.TryTake(out _), "It did not pause.");
                _time.Advance(TimeSpan.FromMilliseconds(1 << round));
            }

            (await NextWaitAsync()).Wish.Grant();
        }

        await Assert.ThrowsAsync<ContentUnavailableException>(() => read.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(0, into.Count);
    }

    [Fact]
    public async Task An_interrupted_reader_says_so_and_holds_nothing()
    {
        using var into = new ContentSegments();
        using var interrupt = new CancellationTokenSource();
        Store(0);
        var read = _reader.ReadAsync(0, PieceLength + 1, into, interrupt.Token).AsTask();
        var wait = await NextWaitAsync();
        await interrupt.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        Assert.Equal(0, into.Count);
        Assert.True(_inbox.TryTake(out var left));
        Assert.Same(wait.Wish, Assert.IsType<TorrentEvent.ReadLeft>(left).Wish);
        _store.Forget();
        Assert.Equal(0, _buffers.LiveBytes);
    }

    [Theory]
    [InlineData(ReadingStyle.Following, true)]
    [InlineData(ReadingStyle.Sampling, false)]
    public void Only_a_reader_that_follows_its_file_has_something_fetched_ahead(ReadingStyle style, bool looksAhead)
    {
        using var reader = new ContentReader(new FileIndex(0), style, _torrent.Layout, _store, _inbox, _time);
        using var into = new ContentSegments();
        for (var offset = 0; offset < PieceLength; offset += 8192)
        {
            Assert.False(reader.TryRead(offset, 8192, into));
        }

        var events = new List<TorrentEvent>();
        while (_inbox.TryTake(out var e))
        {
            events.Add(e);
        }

        Assert.Equal(looksAhead, events.OfType<TorrentEvent.WindowsMoved>().Any());
        Assert.Equal(looksAhead, events.OfType<TorrentEvent.FileRead>().Any());
    }

    [Fact]
    public async Task A_reader_whose_fetching_is_bounded_counts_each_missing_piece_once_and_no_piece_that_is_here()
    {
        var asked = new List<long>();
        var pieces = new PieceMap(_torrent.Layout, [new PieceIndex(1)]);
        using var reader = Bounded(pieces, bytes => { asked.Add(bytes); return true; });
        using var first = new ContentSegments();
        using var second = new ContentSegments();

        // Piece 1 is here; two reads wait for piece 0, and one of them for piece 2.
        var one = reader.ReadAsync(0, (2 * PieceLength) + 1, first, CancellationToken.None).AsTask();
        var two = reader.ReadAsync(100, 100, second, CancellationToken.None).AsTask();

        Assert.Equal([2L * PieceLength], asked);
        Assert.False(one.IsCompleted || two.IsCompleted);
        await NextWaitAsync();
        var late = await NextWaitAsync();
        Store(0);
        late.Wish.Grant();
        await two.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal([2L * PieceLength], asked);
    }

    [Fact]
    public async Task What_may_not_be_fetched_fails_at_once_and_what_is_here_is_read_all_the_same()
    {
        using var reader = Bounded(new PieceMap(_torrent.Layout, []), _ => false);
        using var into = new ContentSegments();

        await Assert.ThrowsAsync<FetchRefusedException>(() => reader.ReadAsync(0, 10, into, CancellationToken.None).AsTask());
        Assert.False(_inbox.TryTake(out _), "It asked all the same.");

        Store(0);
        await reader.ReadAsync(0, 10, into, CancellationToken.None);
        Assert.Equal(10, into.Length);
    }

    [Fact]
    public void A_closed_handle_leaves_no_windows_even_if_a_read_comes_after()
    {
        _reader.Dispose();
        using var into = new ContentSegments();
        for (var i = 0; i < 4; i++)
        {
            _reader.TryRead(i * (PieceLength / 2), PieceLength / 2, into);
        }

        Assert.True(_inbox.TryTake(out var e));
        Assert.Empty(Assert.IsType<TorrentEvent.WindowsMoved>(e).Windows);
        Assert.False(_inbox.TryTake(out _));
    }

    private ContentReader Bounded(PieceMap pieces, Func<long, bool> mayFetch) => new(
        new FileIndex(0), ReadingStyle.Sampling, _torrent.Layout, _store, _inbox, _time, new FetchAllowance(_torrent.Layout, pieces, mayFetch));

    private void Store(int piece) => _store.Add(_torrent.Range(new PieceIndex(piece), _buffers));

    private async Task<TorrentEvent.ReadWaits> NextWaitAsync()
    {
        Assert.True(await _inbox.WaitAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.True(_inbox.TryTake(out var e));
        return e as TorrentEvent.ReadWaits ?? await NextWaitAsync();
    }

    /// <summary>A store that can keep one piece, the last.</summary>
    private sealed class ForgetfulStore : IRangeStore
    {
        private VerifiedRange? _last;

        public IReadOnlyCollection<PieceIndex> Present => [];

        public long BytesWaiting => 0;

        public bool TryRead(PieceSlice slice, ContentSegments into)
        {
            if (_last is null || !_last.Covers(slice) || !_last.Bytes.TryHold())
            {
                return false;
            }

            into.Add(_last.Bytes, slice.Offset, slice.Length);
            return true;
        }

        public ValueTask<bool> ReadAsync(PieceSlice slice, ContentSegments into, CancellationToken cancel) => ValueTask.FromResult(TryRead(slice, into));

        public void Add(VerifiedRange range)
        {
            Forget();
            _last = range;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        internal void Forget()
        {
            _last?.Bytes.Release();
            _last = null;
        }
    }
}
