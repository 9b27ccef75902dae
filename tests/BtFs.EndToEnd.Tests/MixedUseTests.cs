namespace BtFs.EndToEnd;

/// <summary>A day of all sorts of use in a short time: a mount never differs from the files it shows, and does not grow.</summary>
public sealed class MixedUseTests : IDisposable
{
    private const int Users = 4;
    private const int Turns = 8;
    private const long Growth = 24L << 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--cache-size=16M")]
    [InlineData("--cache=memory:16M")]
    public async Task Many_operations_by_several_programs_see_what_the_original_has_and_the_mount_does_not_grow(string cache)
    {
        var torrent = TorrentFixture.Make(
            _folder, "mixed", 1 << 17,
            new FileShape("films/long.bin", 40_000_003), new FileShape("films/short.bin", 9_000_001), new FileShape("notes/a.txt", 5_000),
            new FileShape("notes/b.txt", 1), new FileShape("notes/empty", 0), new FileShape("data.bin", 3_141_592));
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        await using var second = await LibtorrentSeed.StartAsync(torrent, host: 3);
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.Magnet(seed.Address, second.Address), cache);
        var root = await Same.RootAsync(torrent, mount);
        var users = Enumerable.Range(0, Users)
            .Select(i => new MixedUse(root, Path.Combine(torrent.SaveFolder, torrent.Name), [.. torrent.DiskPaths.Select(path => Path.GetRelativePath(torrent.Name, path))], seed: i))
            .ToList();
        var operations = Rounds.Of("BTFS_OPERATIONS", usually: 40_000) / Users / Turns;
        ProcessSize? settled = null;
        for (var round = 0; round < Turns; round++)
        {
            await Task.WhenAll(users.Select(user => Task.Factory.StartNew(() => user.Run(operations), TaskCreationOptions.LongRunning)));
            if (round == Turns / 4)
            {
                settled = ProcessSize.Of(mount.Pid);
            }
        }

        users.ForEach(user => user.Dispose());
        var end = ProcessSize.Of(mount.Pid);
        Assert.True(users.Sum(user => user.Compared) > 100L << 20, "Hardly anything was compared.");
        Assert.True(end.Resident < settled!.Resident + Growth, $"It grew from {settled} to {end}.");
        Assert.True(end.Handles <= settled.Handles + 2, $"It grew from {settled} to {end}.");
        Assert.True(end.Threads <= settled.Threads + 4, $"It grew from {settled} to {end}.");
        await mount.UnmountAsync();
    }
}
