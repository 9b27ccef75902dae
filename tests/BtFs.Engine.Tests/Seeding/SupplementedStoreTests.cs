using System.Collections.Concurrent;
using BtFs.Engine.Layout;
using BtFs.Engine.Seeding;
using BtFs.Engine.Storage;
using BtFs.Engine.Tests.Storage;

namespace BtFs.Engine.Tests.Seeding;

/// <summary>A cache with what another client has downloaded beside it.</summary>
public sealed class SupplementedStoreTests : IAsyncLifetime
{
    private const int PieceLength = 64 << 10;
    private readonly StorageBench _bench = new();
    private readonly SampleTorrent _torrent = new(PieceLength, (20 * PieceLength) + 5);
    private readonly string _folder = Directory.CreateTempSubdirectory("btfs-supplemented-").FullName;
    private readonly ConcurrentQueue<PieceIndex> _found = [];
    private SupplementedStore? _store;

    private string Film => Path.Combine(_folder, "film.part");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        _bench.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Every_right_piece_is_found_and_read_and_no_other()
    {
        int[] wrong = [0, 7, 20];
        WriteFilm(wrong);
        await OpenAsync();
        await LookedThroughAsync();

        Assert.Equal(Enumerable.Range(0, 21).Except(wrong), _found.Select(piece => piece.Value).Order());
        foreach (var piece in _torrent.Pieces)
        {
            Assert.Equal(!wrong.Contains(piece.Value), await ReadsRightAsync(piece));
        }

        Assert.Equal(wrong, _bench.Lost.Select(piece => piece.Value));
    }

    [Fact]
    public async Task A_read_does_not_wait_until_all_pieces_before_it_were_looked_through()
    {
        WriteFilm();
        await OpenAsync();

        // The look through the files yields before each piece: the read of the last one is among the first.
        Assert.True(await ReadsRightAsync(new PieceIndex(20)));
        Assert.Contains(new PieceIndex(20), _found);
        await LookedThroughAsync();
        Assert.Equal(21, _found.Count);
    }

    [Fact]
    public async Task What_the_files_lack_is_kept_by_the_cache_and_they_stay_as_they_were()
    {
        WriteFilm(3);
        var before = await File.ReadAllBytesAsync(Film);
        await OpenAsync();
        await LookedThroughAsync();
        _store!.Add(_torrent.Range(new PieceIndex(3), _bench.Shared.Buffers));

        Assert.True(await ReadsRightAsync(new PieceIndex(3)));
        Assert.Equal(before, await File.ReadAllBytesAsync(Film));
    }

    [Fact]
    public async Task A_piece_whose_file_changes_is_lost_and_never_served_wrong()
    {
        WriteFilm();
        await OpenAsync();
        await LookedThroughAsync();
        WriteFilm(5);

        Assert.False(await ReadsRightAsync(new PieceIndex(5)));
        Assert.Equal([new PieceIndex(5)], _bench.Lost);
        Assert.True(await ReadsRightAsync(new PieceIndex(6)));
    }

    [Fact]
    public async Task A_file_that_is_cut_off_costs_what_it_lacks()
    {
        WriteFilm();
        using (var film = File.OpenWrite(Film))
        {
            film.SetLength((10 * PieceLength) + 1);
        }

        await OpenAsync();
        await LookedThroughAsync();
        Assert.Equal(Enumerable.Range(0, 10), _found.Select(piece => piece.Value).Order());
    }

    [Fact]
    public async Task What_the_cache_loses_is_not_lost_while_the_files_have_it()
    {
        WriteFilm();
        await OpenAsync(cacheOnDisk: false);
        await LookedThroughAsync();
        _bench.AddAll(_store!, _torrent);
        _bench.EvictAll();

        foreach (var piece in _torrent.Pieces)
        {
            Assert.True(await ReadsRightAsync(piece));
        }

        Assert.Empty(_bench.Lost);
    }

    [Fact]
    public async Task Closing_does_not_wait_for_the_look_through()
    {
        WriteFilm();
        await OpenAsync();
        await _store!.DisposeAsync();
        _store = null;
        Assert.True(_found.Count <= 21);
        Assert.Equal(0, _bench.Shared.Buffers.LiveBytes);
    }

    private void WriteFilm(params int[] wrong)
    {
        var bytes = _torrent.Bytes.ToArray();
        foreach (var piece in wrong)
        {
            bytes[piece * PieceLength] ^= 1;
        }

        File.WriteAllBytes(Film, bytes);
    }

    private async Task OpenAsync(bool cacheOnDisk = true) => _store = await SupplementedStore.OpenAsync(
        _torrent.Layout,
        [new PlacedFile(Film)],
        piece => _torrent.HashOf(piece),
        _bench.Shared,
        new StoreNews(_found.Enqueue, _bench.Lost.Enqueue),
        async lost => cacheOnDisk
            ? await RangeStore.OpenAsync(
                CacheFolder.Open(_bench.CacheDirectory, _torrent.InfoHash), keep: false, _torrent.Stored, _bench.Shared, lost)
            : RangeStore.InMemory(_torrent.Layout, _bench.Shared, lost));

    private Task LookedThroughAsync() => Task.Run(() => Eventually.True(() => _bench.Log.Lines.Any(line => line.Contains("are here already"))));

    private Task<bool> ReadsRightAsync(PieceIndex piece) => StorageBench.ReadsRightAsync(_store!, _torrent, _torrent.Layout.Whole(piece));
}

public sealed class SupplementedStoreContractTests : RangeStoreContract
{
    private protected override async Task<IRangeStore> NewStoreAsync(StorageBench bench, SampleTorrent torrent) => await SupplementedStore.OpenAsync(
        torrent.Layout,
        [PlacedFile.Missing],
        piece => torrent.HashOf(piece),
        bench.Shared,
        new StoreNews(_ => { }, bench.Lost.Enqueue),
        async lost => await bench.OpenAsync(torrent, keep: false, lost));
}
