using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace BtFs.EndToEnd;

/// <summary>A mount that may have few descriptors, or little memory, does less, but what it does is right, and it recovers.</summary>
public sealed class ScarcityTests : IDisposable
{
    private const int PieceLength = 1 << 18;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task With_no_descriptor_to_spare_files_are_read_and_with_some_again_peers_are_let_in()
    {
        var torrent = TorrentFixture.Make(_folder, "scarce", PieceLength, new FileShape("a.bin", 4_000_001), new FileShape("b.bin", 4_000_001));
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        var port = FreePort.On(IPAddress.Loopback);
        await using var mount = await BtfsMount.StartAsync(_folder, torrent.Magnet(seed.Address), $"--min-port={port}", $"--max-port={port}");
        var root = await Same.RootAsync(torrent, mount);
        (await Command.ShellAsync(root, $"cmp a.bin '{torrent.Disk(0)}'")).Ok();

        await LimitAsync(mount.Pid, ProcessSize.Of(mount.Pid).Handles);
        var callers = Enumerable.Range(0, 50).Select(_ => new TcpClient()).ToList();
        await Task.WhenAll(callers.Select(caller => caller.ConnectAsync(IPAddress.Loopback, port)));

        (await Command.ShellAsync(root, $"dd if=a.bin iflag=direct bs=1M status=none | cmp - '{torrent.Disk(0)}' && cmp b.bin '{torrent.Disk(1)}' && ls -lR .")).Ok();
        Assert.False(mount.HasEnded);

        callers.ForEach(caller => caller.Dispose());
        await LimitAsync(mount.Pid, 1024);
        await using var leecher = await BtfsMount.StartAsync(_folder, torrent.Magnet(new IPEndPoint(IPAddress.Loopback, port)));
        (await Command.ShellAsync(await Same.RootAsync(torrent, leecher), $"cmp b.bin '{torrent.Disk(1)}'")).Ok();
        await leecher.UnmountAsync();
        await mount.UnmountAsync();
    }

    [Fact]
    public async Task With_little_memory_many_readers_are_served_and_the_mount_lives_on()
    {
        const int Files = 16;
        var torrent = TorrentFixture.Make(
            _folder, "heavy", PieceLength, [.. Enumerable.Range(0, Files).Select(i => new FileShape($"{i}.bin", 16_000_003))]);
        await using var seed = await LibtorrentSeed.StartAsync(torrent);
        await using var group = new MemoryGroup(256L << 20);
        await using (var mount = await BtfsMount.StartAsync(_folder, torrent.Magnet(seed.Address)))
        {
            group.Take(mount.Pid);
            var root = await Same.RootAsync(torrent, mount);
            var reads = await Task.WhenAll(Enumerable.Range(0, Files).Select(i => Command.ShellAsync(root, $"cmp {i}.bin '{torrent.Disk(i)}'")));

            Assert.All(reads, read => read.Ok());
            Assert.False(mount.HasEnded);
            await mount.UnmountAsync();
        }
    }

    private static async Task LimitAsync(int pid, int descriptors) =>
        (await Command.RunAsync("prlimit", "--pid", pid.ToString(CultureInfo.InvariantCulture), $"--nofile={descriptors}:1024")).Ok();
}
