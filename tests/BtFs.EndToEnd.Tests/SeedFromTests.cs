namespace BtFs.EndToEnd;

/// <summary>A torrent that another client has downloaded in part, mounted with <c>--seed-from</c>.</summary>
public sealed class SeedFromTests : IDisposable
{
    private const int PieceLength = 1 << 18;
    private const int Pieces = 40;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_right_on_the_disk_is_read_from_there_and_only_the_rest_is_fetched()
    {
        var torrent = Torrent();
        var download = Copy(torrent);
        var film = Path.Combine(download, torrent.DiskPaths[0]);
        Damage(film, 3 * PieceLength);
        Damage(film, (17 * PieceLength) + 99);
        File.Move(film, film + ".part");
        var before = await File.ReadAllBytesAsync(film + ".part");
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.Magnet(seed.Address), $"--seed-from={download}");
        var root = await Same.RootAsync(torrent, mount);

        (await Command.ShellAsync(root, $"cmp film.bin '{torrent.Disk(0)}' && cmp notes.txt '{torrent.Disk(1)}'")).Ok();

        var sent = await seed.StatsAsync();
        Assert.Superset(new HashSet<int> { 3, 17 }, sent.Blocks.Keys.ToHashSet());

        // A read that spans pieces may ask for those that were not looked through yet.
        Assert.InRange(sent.Blocks.Count, 2, 10);
        Assert.Equal(before, await File.ReadAllBytesAsync(film + ".part"));
        Assert.Equal("100", (await Command.ShellAsync(root, "getfattr --only-values -n user.btfs.progress film.bin")).Ok().Text);
        await mount.UnmountAsync();
        Assert.Equal(before, await File.ReadAllBytesAsync(film + ".part"));
    }

    [Fact]
    public async Task A_complete_download_is_mounted_and_read_with_nobody_else_there()
    {
        var torrent = Torrent();
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.TorrentFile, $"--seed-from={Copy(torrent)}");
        var root = await Same.RootAsync(torrent, mount);

        (await Command.ShellAsync(root, $"cmp film.bin '{torrent.Disk(0)}' && cmp notes.txt '{torrent.Disk(1)}'")).Ok();
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task A_place_that_is_not_there_or_is_the_mount_itself_is_refused_with_a_word_on_what_to_do()
    {
        var torrent = Torrent();
        var places = BtfsPlaces.In(_folder);

        var missing = await places.Command("-f", $"--seed-from={_folder.At("nowhere")}", torrent.TorrentFile, places.MountPoint).RunAsync();
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("no such file or folder", missing.Errors);

        var itself = await places.Command("-f", $"--seed-from={places.MountPoint}", torrent.TorrentFile, places.MountPoint).RunAsync();
        Assert.Equal(1, itself.ExitCode);
        Assert.Contains("Mount it somewhere else", itself.Errors);
    }

    private TorrentFixture Torrent() => TorrentFixture.Make(
        _folder, "show", PieceLength, new FileShape("film.bin", (long)Pieces * PieceLength), new FileShape("notes.txt", 12_345));

    private string Copy(TorrentFixture torrent)
    {
        var download = _folder.Sub($"download-{Guid.NewGuid():N}");
        foreach (var path in torrent.DiskPaths)
        {
            var copy = Path.Combine(download, path);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(torrent.SaveFolder, path), copy);
        }

        return download;
    }

    private static void Damage(string path, long at)
    {
        using var file = File.Open(path, FileMode.Open);
        file.Position = at;
        var before = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(before ^ 0xFF));
    }
}
