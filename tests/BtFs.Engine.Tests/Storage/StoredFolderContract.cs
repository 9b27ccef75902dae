using BtFs.Engine.CacheFolders;
using BtFs.Engine.Storage;

namespace BtFs.Engine.Tests.Storage;

/// <summary>What every folder of the cache must do. The model passes it too, or the crashes modelled on it prove nothing.</summary>
public abstract class StoredFolderContract : IDisposable
{
    private protected abstract IStoredFolder Folder { get; }

    public abstract void Dispose();

    [Fact]
    public async Task A_new_file_is_empty_and_reads_nothing()
    {
        using var file = Folder.Open("a");

        Assert.Equal(0, file.Length);
        Assert.Equal("", await ReadAsync(file, 0, 10));
    }

    [Fact]
    public async Task What_was_written_is_read_as_far_as_the_file_goes()
    {
        using var file = Folder.Open("a");
        await WriteAsync(file, 0, "hello world");
        await WriteAsync(file, 6, "there");

        Assert.Equal("lo there", await ReadAsync(file, 3, 100));
        Assert.Equal("he", await ReadAsync(file, 0, 2));
        Assert.Equal("", await ReadAsync(file, 11, 5));
        Assert.Equal(11, file.Length);
        var now = new byte[11];
        Assert.InRange(file.ReadNow(now, 0), 0, 11);
    }

    [Fact]
    public async Task A_write_beyond_the_end_leaves_zeros_before_it()
    {
        using var file = Folder.Open("a");
        await WriteAsync(file, 4, "end");

        Assert.Equal("\0\0\0\0end", await ReadAsync(file, 0, 100));
    }

    [Fact]
    public async Task A_file_that_is_cut_and_grows_again_has_zeros_where_it_was_cut()
    {
        using var file = Folder.Open("a");
        await WriteAsync(file, 0, "secret");
        file.SetLength(2);
        Assert.Equal(2, file.Length);
        file.SetLength(4);

        Assert.Equal("se\0\0", await ReadAsync(file, 0, 100));
    }

    [Fact]
    public async Task A_renamed_file_takes_the_place_of_another_which_stays_with_who_has_it_open()
    {
        using var old = Folder.Open("a");
        await WriteAsync(old, 0, "old");
        ulong inode;
        using (var fresh = Folder.Open("b"))
        {
            await WriteAsync(fresh, 0, "new");
            Folder.Rename("b", "a");
            Assert.Equal("new", await ReadAsync(fresh, 0, 3));
            inode = fresh.Identity.Inode;
        }

        using var found = Folder.Open("a");
        Assert.Equal("new", await ReadAsync(found, 0, 3));
        Assert.Equal("old", await ReadAsync(old, 0, 3));
        Assert.Equal(inode, found.Identity.Inode);
        Assert.NotEqual(old.Identity.Inode, found.Identity.Inode);
        using var again = Folder.Open("b");
        Assert.Equal(0, again.Length);
    }

    [Fact]
    public void What_is_not_there_can_be_deleted_but_not_renamed()
    {
        Folder.Delete("a");

        Assert.Throws<IOException>(() => Folder.Rename("a", "b"));
    }

    [Fact]
    public async Task A_deleted_file_begins_anew()
    {
        using (var file = Folder.Open("a"))
        {
            await WriteAsync(file, 0, "x");
            file.Synchronize();
        }

        Folder.Delete("a");
        Folder.Synchronize();
        using var next = Folder.Open("a");
        Assert.Equal(0, next.Length);
    }

    [Fact]
    public async Task A_change_of_length_shows_in_its_identity_and_reading_does_not()
    {
        using var file = Folder.Open("a");
        await WriteAsync(file, 0, "xyz");
        var before = file.Identity;
        await ReadAsync(file, 0, 3);
        Assert.Equal(before, file.Identity);

        await WriteAsync(file, 3, "w");
        Assert.NotEqual(before, file.Identity);
        Assert.Equal(before.Inode, file.Identity.Inode);
    }

    private static ValueTask WriteAsync(IStoredFile file, long offset, string text) => file.WriteAsync(System.Text.Encoding.ASCII.GetBytes(text), offset);

    private static async Task<string> ReadAsync(IStoredFile file, long offset, int length)
    {
        var bytes = new byte[length];
        var read = await file.ReadAsync(bytes, offset, CancellationToken.None);
        return System.Text.Encoding.ASCII.GetString(bytes, 0, read);
    }
}

public sealed class ModelDiskTests : StoredFolderContract
{
    private protected override IStoredFolder Folder { get; } = new ModelDisk();

    public override void Dispose()
    {
    }
}

public sealed class CacheFolderAsStoredFolderTests : StoredFolderContract
{
    private readonly StorageBench _bench = new();

    public CacheFolderAsStoredFolderTests() => Folder = CacheFolder.Open(_bench.CacheDirectory, new SampleTorrent(1, 1).InfoHash);

    private protected override IStoredFolder Folder { get; }

    [Fact]
    public void A_time_of_modification_in_four_centuries_is_another_time_and_nothing_else()
    {
        using var file = Folder.Open("a");
        var before = file.Identity;
        File.SetLastWriteTimeUtc(Path.Combine(((CacheFolder)Folder).Path, "a"), new DateTime(2400, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.Equal(before.Inode, file.Identity.Inode);
        Assert.NotEqual(before, file.Identity);
    }

    public override void Dispose()
    {
        Folder.Dispose();
        _bench.Dispose();
    }
}
