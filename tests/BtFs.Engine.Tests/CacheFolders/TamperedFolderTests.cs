using System.Diagnostics;
using BtFs.Engine.CacheFolders;
using BtFs.Engine.Storage;
using BtFs.Engine.Tests.Storage;

namespace BtFs.Engine.Tests.CacheFolders;

/// <summary>Whatever a file of the folder was replaced by: nothing blocks, nothing else is touched, and no wrong byte is read.</summary>
public sealed class TamperedFolderTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly SampleTorrent _torrent = new(pieceLength: 40_000, length: 100_001);
    private readonly StorageBench _bench = new();
    private readonly string _elsewhere = Directory.CreateTempSubdirectory("btfs-elsewhere-").FullName;

    public void Dispose()
    {
        _bench.Dispose();
        Directory.Delete(_elsewhere, recursive: true);
    }

    public static TheoryData<string, string> Shapes()
    {
        var all = new TheoryData<string, string>();
        foreach (var file in CacheFileNames.All)
        {
            foreach (var shape in new[] { "link to a file", "link to nothing", "folder", "full folder", "fifo", "truncated", "extended" })
            {
                all.Add(file, shape);
            }
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Between_two_runs_or_during_one_it_does_no_harm(string file, string shape)
    {
        Assert.Equal(3, await RunAsync(during: () => { }));
        Tamper(file, shape);
        Assert.Equal(3, await RunAsync(during: () => Tamper(file, shape)).WaitAsync(Patience));
        Assert.Equal(3, await RunAsync(during: () => { }).WaitAsync(Patience));

        new IdleCaches(_bench.CacheDirectory, _bench.Log).RemoveLeftovers();
        _ = new CacheDirectory(_bench.CacheDirectory).List();
        Assert.Equal("precious", File.ReadAllText(Path.Combine(_elsewhere, "victim")));
        Assert.False(File.Exists(Path.Combine(_elsewhere, "made")));
    }

    /// <summary>One run: what cannot be read is fetched again, as a torrent would. Returns how many pieces are right in the end.</summary>
    private async Task<int> RunAsync(Action during)
    {
        var claim = await CacheClaim.TakeAsync(
            _bench.CacheDirectory, _torrent.InfoHash, CacheRetention.Pinned, port: 0, TimeProvider.System, _bench.Log);
        var isKept = claim.Folder.Retention != CacheRetention.UntilClosed;
        await using var store = await RangeStore.OpenAsync(
            claim.Folder, isKept, _torrent.InfoHash, _torrent.Layout, _bench.Shared, _bench.Lost.Enqueue);
        _bench.AddAll(store, _torrent);
        _bench.ForgetMemory(store);
        during();

        // From the disk, or what is left of it: a right answer or none.
        _ = await StorageBench.CountReadableAsync(store, _torrent);
        _bench.AddAll(store, _torrent);
        Eventually.True(() => store.BytesWaiting == 0);
        var readable = await StorageBench.CountReadableAsync(store, _torrent);
        _bench.ForgetMemory(store);
        return readable;
    }

    private void Tamper(string file, string shape)
    {
        var victim = Path.Combine(_elsewhere, "victim");
        File.WriteAllText(victim, "precious");
        var path = Path.Combine(_bench.FolderOf(_torrent), file);
        Directory.CreateDirectory(_bench.FolderOf(_torrent));
        if (shape is "truncated" or "extended")
        {
            using var opened = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
            opened.SetLength(shape == "truncated" ? opened.Length / 2 : opened.Length + 1_000_000);
            return;
        }

        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        File.Delete(path);
        switch (shape)
        {
            case "link to a file": File.CreateSymbolicLink(path, victim); break;
            case "link to nothing": File.CreateSymbolicLink(path, Path.Combine(_elsewhere, "made")); break;
            case "folder": Directory.CreateDirectory(path); break;
            case "full folder": File.WriteAllText(Path.Combine(Directory.CreateDirectory(path).FullName, "inside"), "mine"); break;
            default: Process.Start("mkfifo", [path]).WaitForExit(); break;
        }
    }
}
