using System.Diagnostics;
using BtFs.Engine.CacheFolders;
using BtFs.Engine.Layout;
using BtFs.Engine.Storage;
using BtFs.Engine.Tests.Storage;

namespace BtFs.Engine.Tests.CacheFolders;

public sealed class CacheFolderTests : IDisposable
{
    private readonly SampleTorrent _torrent = new(pieceLength: 40_000, length: 100_001);
    private readonly StorageBench _bench = new();
    private readonly string _elsewhere = Directory.CreateTempSubdirectory("btfs-elsewhere-").FullName;

    public void Dispose()
    {
        _bench.Dispose();
        Directory.Delete(_elsewhere, recursive: true);
    }

    [Fact]
    public void The_folder_is_named_by_the_infohash_and_nobody_else_may_look_inside()
    {
        using var folder = Open();
        Assert.Equal(_bench.FolderOf(_torrent), folder.Path);
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(folder.Path));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(_bench.CacheDirectory));
    }

    [Fact]
    public void A_folder_that_others_could_look_into_is_made_private()
    {
        Directory.CreateDirectory(_bench.FolderOf(_torrent));
        File.SetUnixFileMode(_bench.FolderOf(_torrent), (UnixFileMode)0x1FF);
        using var folder = Open();
        Assert.Equal((UnixFileMode)0x1C0, File.GetUnixFileMode(folder.Path));
    }

    [Fact]
    public void A_second_user_of_the_folder_is_told_who_has_it()
    {
        using (Open())
        {
            var error = Assert.Throws<CacheFolderTakenException>(Open);
            Assert.Equal($"The cache folder {_bench.FolderOf(_torrent)} is in use by process {Environment.ProcessId}.", error.Message);
        }

        Open().Dispose();
    }

    [Fact]
    public void A_lock_with_nonsense_in_it_still_locks()
    {
        using var folder = Open();
        File.WriteAllText(Path.Combine(folder.Path, "lock"), "\u001b[31mroot");

        Assert.EndsWith("in use by another process.", Assert.Throws<CacheFolderTakenException>(Open).Message);
    }

    [Fact]
    public void A_link_in_place_of_the_folder_is_not_followed()
    {
        Directory.CreateDirectory(_bench.CacheDirectory);
        File.CreateSymbolicLink(_bench.FolderOf(_torrent), _elsewhere);

        Assert.Throws<CacheFolderTakenException>(Open);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_elsewhere));
    }

    [Fact]
    public async Task A_link_a_fifo_or_a_folder_in_place_of_the_data_is_replaced_and_nothing_behind_it_touched()
    {
        var victim = Path.Combine(_elsewhere, "victim");
        File.WriteAllText(victim, "precious");
        var data = Path.Combine(_bench.FolderOf(_torrent), "data");
        var shapes = new Action[]
        {
            () => File.CreateSymbolicLink(data, victim),
            () => File.CreateSymbolicLink(data, Path.Combine(_elsewhere, "made")),
            () => Process.Start("mkfifo", [data]).WaitForExit(),
            () => Directory.CreateDirectory(data),
        };
        foreach (var shape in shapes)
        {
            Directory.CreateDirectory(_bench.FolderOf(_torrent));
            shape();
            await using var store = await _bench.OpenAsync(_torrent, keep: false);
            _bench.AddAll(store, _torrent);
            _bench.ForgetMemory(store);
            Assert.Equal(3, await StorageBench.CountReadableAsync(store, _torrent));
        }

        Assert.Equal("precious", File.ReadAllText(victim));
        Assert.False(File.Exists(Path.Combine(_elsewhere, "made")));
    }

    [Fact]
    public async Task A_cache_deleted_while_in_use_goes_on_serving_what_it_has_open()
    {
        await using var store = await _bench.OpenAsync(_torrent, keep: true);
        _bench.AddAll(store, _torrent);
        _bench.ForgetMemory(store);
        Directory.Delete(_bench.CacheDirectory, recursive: true);

        Assert.Equal(3, await StorageBench.CountReadableAsync(store, _torrent));
    }

    [Fact]
    public async Task A_data_file_changed_while_in_use_is_noticed()
    {
        await using var store = await _bench.OpenAsync(_torrent, keep: false);
        _bench.AddAll(store, _torrent);
        _bench.ForgetMemory(store);
        using (var data = new FileStream(Path.Combine(_bench.FolderOf(_torrent), "data"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            data.Position = 45_000;
            data.Write(new byte[8]);
        }

        Assert.False(await StorageBench.ReadsRightAsync(store, _torrent, new PieceSlice(new PieceIndex(1), 0, 6000)));
        Assert.True(await StorageBench.ReadsRightAsync(store, _torrent, new PieceSlice(new PieceIndex(0), 0, 40_000)));
        Assert.Equal([new PieceIndex(1)], _bench.Lost);
    }

    [Fact]
    public void A_folder_with_a_strangers_file_in_it_stays_with_that_file()
    {
        var folder = Open();
        var stranger = Path.Combine(folder.Path, "notes.txt");
        File.WriteAllText(stranger, "mine");
        DiskFiles.Discard(folder);

        Assert.Equal([stranger], Directory.EnumerateFileSystemEntries(_bench.FolderOf(_torrent)));
    }

    private CacheFolder Open() => CacheFolder.Open(_bench.CacheDirectory, _torrent.InfoHash);
}
