using BtFs.Engine.Layout;
using BtFs.Engine.Storage;
using BtFs.Engine.Verifying;

namespace BtFs.Engine.Tests.Storage;

public sealed class BlockCacheTests : IDisposable
{
    private const int PieceLength = 1000;

    private readonly SampleTorrent _torrent = new(PieceLength, PieceLength * 64);
    private readonly SharedBufferPool _pool = new();
    private readonly List<int> _evicted = [];
    private BlockCache _cache = new(PieceLength * 16);

    public void Dispose()
    {
        _cache.Dispose();
        Eventually.True(() => _pool.LiveBytes == 0);
        _pool.Dispose();
    }

    [Fact]
    public void A_fresh_range_is_always_accepted_and_the_limit_holds()
    {
        foreach (var piece in _torrent.Pieces)
        {
            var key = Add(piece.Value);
            Assert.True(_cache.Contains(key));
            Assert.InRange(_cache.Bytes, PieceLength, PieceLength * 16);
        }

        Eventually.True(() => _pool.LiveBytes == _cache.Bytes && Count() == 48);
    }

    [Fact]
    public void What_was_longest_unread_goes_first()
    {
        var keys = Enumerable.Range(0, 16).Select(Add).ToList();
        Assert.True(Reads(keys[0], 0));
        Add(16);

        Assert.True(Reads(keys[0], 0));
        Assert.False(Reads(keys[1], 1));
        Assert.True(Reads(keys[^1], 15));
    }

    [Fact]
    public void A_range_longer_than_the_limit_is_kept_alone()
    {
        _cache.Dispose();
        _cache = new BlockCache(PieceLength / 2);
        var first = Add(0);
        Assert.True(Reads(first, 0));
        var second = Add(1);

        Assert.True(Reads(second, 1));
        Assert.False(Reads(first, 0));
    }

    [Fact]
    public void Every_way_out_gives_the_hold_back_exactly_once()
    {
        // A hold given back twice would throw in the callback, which the cache swallows: the count shows it all the same,
        // because memory returned twice is counted twice.
        var keys = Enumerable.Range(0, 40).Select(Add).ToList();
        _cache.Add(keys[39], _torrent.Range(new PieceIndex(39), _pool));
        _cache.Remove(keys[38]);
        _cache.Remove(keys[38]);
        _cache.Dispose();

        Eventually.True(() => _pool.LiveBytes == 0);
        Eventually.True(() => Count() == 41);
        _cache = new BlockCache(1);
    }

    [Fact]
    public void No_reader_ever_sees_a_reused_buffer()
    {
        // Sixteen places for sixty-four pieces, and memory that goes straight into the next piece: a reader whose hold did
        // not count would soon find another piece under its eyes.
        const int Rounds = 20_000;
        var keys = _torrent.Pieces.Select(piece => new RangeKey(piece, _ => { })).ToArray();
        var done = 0;
        var wrong = 0;
        var hits = 0;
        var readers = Enumerable.Range(0, 3).Select(seed => new Thread(() =>
        {
            var random = new Random(seed);
            while (Volatile.Read(ref done) == 0)
            {
                var piece = new PieceIndex(random.Next(keys.Length));
                using var fresh = new ContentSegments();
                var slice = _torrent.Layout.Whole(piece);
                if (_cache.TryRead(keys[piece.Value], slice, fresh))
                {
                    Interlocked.Increment(ref hits);
                    for (var look = 0; look < 3; look++)
                    {
                        Interlocked.Add(ref wrong, fresh[0].Span.SequenceEqual(_torrent.BytesOf(slice)) ? 0 : 1);
                    }
                }
            }
        })).ToList();
        readers.ForEach(reader => reader.Start());

        var order = new Random(7);
        for (var round = 0; round < Rounds; round++)
        {
            var piece = new PieceIndex(order.Next(keys.Length));
            _cache.Add(keys[piece.Value], _torrent.Range(piece, _pool));
        }

        Eventually.True(() => Volatile.Read(ref hits) > 100);
        Volatile.Write(ref done, 1);
        readers.ForEach(reader => reader.Join());
        Assert.Equal(0, wrong);
        Eventually.True(() => _pool.LiveBytes == _cache.Bytes);
    }

    private RangeKey Add(int piece)
    {
        var key = new RangeKey(new PieceIndex(piece), Evicted);
        _cache.Add(key, _torrent.Range(key.Piece, _pool));
        return key;
    }

    private void Evicted(PieceIndex piece)
    {
        lock (_evicted)
        {
            _evicted.Add(piece.Value);
        }
    }

    private int Count()
    {
        lock (_evicted)
        {
            return _evicted.Count;
        }
    }

    private bool Reads(RangeKey key, int piece)
    {
        using var segments = new ContentSegments();
        return _cache.TryRead(key, _torrent.Layout.Whole(new PieceIndex(piece)), segments);
    }
}
