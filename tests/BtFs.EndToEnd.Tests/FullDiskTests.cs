using System.Text.RegularExpressions;

namespace BtFs.EndToEnd;

/// <summary>Whatever is wrong with the disk of the cache, readers get right bytes, people get one line, and the cache goes on when the disk does.</summary>
public sealed partial class FullDiskTests : IAsyncLifetime
{
    private const int PieceLength = 256 << 10;
    private const int FileLength = 24 << 20;

    private readonly TemporaryFolder _folder = new();
    private TorrentFixture _torrent = null!;
    private LibtorrentSeed _seed = null!;

    public async Task InitializeAsync()
    {
        _torrent = TorrentFixture.Make(
            _folder, "films", PieceLength, [.. Enumerable.Range(0, 4).Select(index => new FileShape($"{index}.bin", FileLength))]);
        _seed = await LibtorrentSeed.StartAsync(_torrent);
    }

    public async Task DisposeAsync()
    {
        await _seed.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_full_disk_costs_no_read_and_is_used_again_when_there_is_room()
    {
        await using var disk = await SmallDisk.InMemoryAsync(_folder, 20 << 20);
        await using var mount = await MountAsync(disk.Path, "--cache-size=1G", "--cache-min-free=0");
        await ReadAsync(mount, 0, 1);
        Assert.Equal("", mount.Log);
        Assert.InRange(await DiskUse.OfAsync(disk.Path), 10 << 20, 20 << 20);

        // Somebody else takes what is left, and whatever becomes free.
        await Command.ShellAsync(disk.Path, "cat /dev/zero > filler; sleep 0.1; cat /dev/zero >> filler");
        await ReadAsync(mount, 2, 3);
        Assert.InRange(Warnings(mount), 0, 1);

        File.Delete(Path.Combine(disk.Path, "filler"));
        await ComesBackAsync(mount, disk.Path, atLeast: 12 << 20);
    }

    [Fact]
    public async Task The_cache_gives_way_where_the_disk_must_keep_some_room()
    {
        await using var disk = await SmallDisk.InMemoryAsync(_folder, 40 << 20);
        await using var mount = await MountAsync(disk.Path, "--cache-size=unlimited", "--cache-min-free=50%");
        await ReadAsync(mount, 0, 1);
        Assert.InRange(await DiskUse.OfAsync(disk.Path), 10 << 20, 20 << 20);

        await File.WriteAllBytesAsync(Path.Combine(disk.Path, "filler"), new byte[10 << 20]);
        await Eventually.TrueAsync("the cache has given way", TimeSpan.FromSeconds(5), async () => await DiskUse.OfAsync(disk.Path) <= 20 << 20);
        Assert.Equal("", mount.Log);
    }

    [Theory]
    [InlineData("ENOSPC")]
    [InlineData("EDQUOT")]
    [InlineData("EROFS")]
    [InlineData("EIO")]
    public async Task A_disk_that_refuses_every_write_is_told_of_once_and_costs_no_read(string error)
    {
        var cache = _folder.Sub("cache");
        await using var mount = await MountAsync(cache);
        await ReadAsync(mount, 0);
        var before = await DiskUse.OfAsync(cache);
        Assert.True(before > FileLength / 2);

        using (var refusing = await RefuseWritesAsync(mount, error))
        {
            await ReadAsync(mount, 1, 2);
            Assert.Equal(1, Warnings(mount));
            Assert.True(await DiskUse.OfAsync(cache) <= before);
        }

        if (error == "EIO")
        {
            await ComesBackAsync(mount, cache, before + (FileLength / 2));
        }
    }

    [Fact]
    public async Task A_file_system_that_breaks_and_turns_read_only_costs_no_read()
    {
        await using var disk = await SmallDisk.Ext4Async(_folder, 128 << 20);
        await using var mount = await MountAsync(disk.Path, "--cache-size=100M");
        await ReadAsync(mount, 0);
        await disk.BreakAsync();
        await ReadAsync(mount, 1, 2, 0);

        Assert.Equal(1, Warnings(mount));
    }

    [Fact]
    public async Task Where_no_part_of_a_file_can_be_freed_memory_does_and_people_are_told_once()
    {
        await using var disk = await SmallDisk.WithoutHolesAsync(_folder);
        await using var mount = await MountAsync(disk.Path, "--cache-size=20M");
        await ReadAsync(mount, 0, 1, 0);

        Assert.Single(mount.Log.Split('\n'), line => line.Contains("--cache-size", StringComparison.Ordinal));
        Assert.InRange(await DiskUse.OfAsync(disk.Path), 0, 1 << 20);
    }

    private Task<BtfsMount> MountAsync(string cache, params string[] options) =>
        BtfsMount.StartAsync(_folder, _torrent.Magnet(_seed.Address), [.. options, $"--data-directory={cache}"]);

    private async Task ReadAsync(BtfsMount mount, params int[] files)
    {
        foreach (var file in files)
        {
            (await Command.ShellAsync(mount.At(_torrent.Name), $"cmp {file}.bin '{_torrent.Disk(file)}' && dd if={file}.bin iflag=nocache count=0 status=none")).Ok();
        }
    }

    /// <summary>A disk that failed is left alone for five seconds; then what is read is kept again.</summary>
    private async Task ComesBackAsync(BtfsMount mount, string cache, long atLeast)
    {
        await Eventually.TrueAsync("the cache grows again", TimeSpan.FromSeconds(20), async () =>
        {
            // More than memory holds, so that it has to come from the swarm.
            await ReadAsync(mount, 1, 2, 3);
            return await DiskUse.OfAsync(cache) >= atLeast;
        });
        Assert.InRange(Warnings(mount), 0, 1);
    }

    private static int Warnings(BtfsMount mount) => Warning().Count(mount.Log);

    /// <summary>From here until it is disposed of, no write of the program to any file succeeds.</summary>
    private static async Task<LeashedStrace> RefuseWritesAsync(BtfsMount mount, string error)
    {
        var strace = new Command("strace", "-f", "-p", $"{mount.Pid}", "-e", "trace=pwrite64,pwritev", "-e", $"inject=pwrite64,pwritev:error={error}", "-o", "/dev/null").Start();
        var refusing = new LeashedStrace(strace);
        await Eventually.TrueAsync("strace holds every thread", TimeSpan.FromSeconds(10), () => Directory.EnumerateDirectories($"/proc/{mount.Pid}/task")
            .All(task => File.ReadAllText(Path.Combine(task, "status")).Contains($"TracerPid:\t{strace.Id}\n", StringComparison.Ordinal)));
        return refusing;
    }

    [GeneratedRegex("The cache cannot be written|The cache's disk has only")]
    private static partial Regex Warning();

    private sealed class LeashedStrace(System.Diagnostics.Process strace) : IDisposable
    {
        public void Dispose()
        {
            Signals.Send(strace.Id, Signals.Interrupt);
            strace.WaitForExit();
            strace.Dispose();
        }
    }
}
