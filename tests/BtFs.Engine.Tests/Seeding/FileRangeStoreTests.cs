using BtFs.Engine.Layout;
using BtFs.Engine.Seeding;
using BtFs.Engine.Storage;
using BtFs.Engine.Tests.Storage;

namespace BtFs.Engine.Tests.Seeding;

public sealed class FileRangeStoreTests : IAsyncLifetime
{
    private readonly SourceFolder _folder = new();
    private readonly StorageBench _bench = new();
    private byte[] _content = [];
    private CreatedTorrent _torrent = null!;
    private TorrentLayout _layout = null!;
    private FileRangeStore _store = null!;

    public async Task InitializeAsync()
    {
        _content = [.. _folder.Write("a", 50_000, seed: 1), .. _folder.Write("b/c", 30_001, seed: 2), .. _folder.Write("d", 40_000, seed: 3)];
        _folder.Write("b/empty", 0);
        _torrent = await TorrentCreator.CreateAsync(_folder.Root, new CreationOptions { PieceLength = 32 << 10 }, null, CancellationToken.None);
        var info = _torrent.Metainfo.Info;
        _layout = new TorrentLayout(info.PieceLength, [.. info.Files.Select(file => file.Length)]);
        _store = new FileRangeStore(_layout, _torrent.Paths, piece => info.PieceHash(piece.Value), _bench.Shared, _bench.Lost.Enqueue);
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        _bench.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_piece_is_served_from_the_files_where_they_lie()
    {
        Assert.Equal(_layout.PieceCount, _store.Present.Count);
        foreach (var piece in _store.Present)
        {
            var length = _layout.LengthOf(piece);
            Assert.True(await ReadsRightAsync(new PieceSlice(piece, 0, length)));
            Assert.True(await ReadsRightAsync(new PieceSlice(piece, 10_000, length - 10_001)));
        }

        Assert.Empty(_bench.Lost);
        Assert.Equal(0, _bench.Shared.Buffers.LiveBytes);
    }

    [Fact]
    public async Task Readers_of_one_piece_that_come_at_once_are_all_answered()
    {
        var reads = Enumerable.Range(0, 64).Select(i => ReadsRightAsync(new PieceSlice(new PieceIndex(1), i * 512, 512)));
        Assert.All(await Task.WhenAll(reads), Assert.True);
    }

    [Fact]
    public async Task A_file_that_changed_before_its_first_read_is_not_shared()
    {
        Change("b/c", at: 20_000);
        var changed = _layout.PieceAt(70_000);
        Assert.False(await ReadsRightAsync(_layout.Whole(changed)));
        Assert.False(await ReadsRightAsync(_layout.Whole(changed)));

        Assert.Equal([changed], _bench.Lost);
        Assert.True(await ReadsRightAsync(_layout.Whole(new PieceIndex(0))));
        Assert.Contains("not what the torrent was made from", Assert.Single(_bench.Log.Lines));
    }

    [Fact]
    public async Task A_file_that_changes_after_it_was_checked_is_noticed_at_the_next_read()
    {
        var piece = new PieceIndex(0);
        Assert.True(await ReadsRightAsync(_layout.Whole(piece)));
        Change("a", at: 20_000);

        Assert.True(await ReadsRightAsync(new PieceSlice(piece, 0, 100)));
        Assert.False(await ReadsRightAsync(new PieceSlice(piece, 16_384, 100)));
        Assert.False(await ReadsRightAsync(new PieceSlice(piece, 0, 100)));
        Assert.Equal([piece], _bench.Lost);
    }

    [Fact]
    public async Task A_file_that_was_cut_off_replaced_or_removed_costs_its_pieces_only()
    {
        using (var cut = File.OpenWrite(_folder["a"]))
        {
            cut.SetLength(40_000);
        }

        File.Delete(_folder["d"]);
        Directory.CreateDirectory(_folder["d"]);
        var readable = new List<int>();
        foreach (var piece in _store.Present)
        {
            if (await ReadsRightAsync(_layout.Whole(piece)))
            {
                readable.Add(piece.Value);
            }
        }

        Assert.Equal([0], readable);
        Assert.Equal(_layout.PieceCount - 1, _bench.Lost.Count);
    }

    [Fact]
    public async Task A_pad_file_is_zeros_that_lie_nowhere()
    {
        var layout = new TorrentLayout(32 << 10, [100, (32 << 10) - 100]);
        var bytes = new byte[32 << 10];
        _content.AsSpan(0, 100).CopyTo(bytes);
        var hash = System.Security.Cryptography.SHA1.HashData(bytes);
        var store = new FileRangeStore(layout, [_folder["a"], null], _ => hash, _bench.Shared, _bench.Lost.Enqueue);
        using var segments = new ContentSegments();

        Assert.True(await store.ReadAsync(layout.Whole(new PieceIndex(0)), segments, CancellationToken.None));
        Assert.True(segments[0].Span.SequenceEqual(bytes));
    }

    [Fact]
    public void Nothing_is_ever_written_to_the_files()
    {
        var other = new SampleTorrent(32 << 10, 32 << 10);
        _store.Add(other.Range(new PieceIndex(0), _bench.Shared.Buffers));

        Assert.Equal([new PieceIndex(0)], _bench.Lost);
        Assert.Equal(_content[..50_000], File.ReadAllBytes(_folder["a"]));
    }

    private async Task<bool> ReadsRightAsync(PieceSlice slice)
    {
        using var segments = new ContentSegments();
        if (!await _store.ReadAsync(slice, segments, CancellationToken.None))
        {
            return false;
        }

        var bytes = new byte[segments.Length];
        segments.CopyTo(bytes);
        var start = (int)_layout.StartOf(slice.Piece) + slice.Offset;
        Assert.Equal(_content[start..(start + slice.Length)], bytes);
        return true;
    }

    private void Change(string name, int at)
    {
        var bytes = File.ReadAllBytes(_folder[name]);
        bytes[at] ^= 1;
        File.WriteAllBytes(_folder[name], bytes);
    }
}
