using System.Net;
using System.Net.Sockets;

namespace BtFs.EndToEnd;

/// <summary>With <c>--bind</c> every packet leaves by one way, even when that is gone.</summary>
public sealed class BindTests : IDisposable
{
    private static readonly TimeSpan ComesWithin = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();
    private readonly TorrentFixture _torrent;

    public BindTests() => _torrent = TorrentFixture.Make(_folder, "show", 32 * 1024, new FileShape("one.bin", 300_000), new FileShape("two.bin", 300_000));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("wire1", "the network interface 'wire1' is gone")]
    [InlineData("address", "Cannot assign requested address")]
    public async Task What_is_bound_leaves_by_that_way_and_nothing_by_the_other_even_when_it_is_gone(string way, string gone)
    {
        await using var network = await NetworkNamespace.MakeAsync();
        await network.MakePlainAsync();
        var other = await network.ConnectAsync();
        var chosen = await network.ConnectAsync();

        // By the routes, everything would go the other way.
        await network.RunAsync($"ip route add default via {other.HereAddress}");
        var port = FreePort.On(IPAddress.Loopback);
        await using var seed = await BtfsSeed.StartAsync(BtfsPlaces.In(_folder), Path.Combine(_torrent.SaveFolder, _torrent.Name), $"--port={port}");
        using var late = Listen(chosen.HereAddress);
        var nobody = new IPEndPoint(chosen.HereAddress, FreePort.On(chosen.HereAddress));
        var before = other.Received;

        await using var mount = await BtfsMount.StartAsync(
            BtfsPlaces.In(_folder) with { Network = network }, seed.Magnet, "-d", "--bind", way == "address" ? chosen.ThereAddress.ToString() : way,
            "--peer", $"{chosen.HereAddress}:{port}", "--peer", late.LocalEndPoint!.ToString()!, "--peer", nobody.ToString(), "--dht-node", $"{chosen.HereAddress}:9");
        Assert.Equal(await File.ReadAllBytesAsync(_torrent.Disk(0)), await File.ReadAllBytesAsync(At(mount, "one.bin")));
        using (var caller = await late.AcceptAsync())
        {
            Assert.Equal(chosen.ThereAddress, ((IPEndPoint)caller.RemoteEndPoint!).Address);
        }

        // A reader waits, so everybody is called again and again: there is no way to them any more.
        await network.RunAsync($"ip link del {chosen.There}");
        var read = Task.Run(() => File.ReadAllBytes(At(mount, "two.bin")));
        await Eventually.TrueAsync("a dial fails for want of a way", ComesWithin, () => mount.Log.Contains($"{nobody} not reached: {gone}"));
        Signals.Send(mount.Pid, Signals.Terminate);
        await Assert.ThrowsAnyAsync<IOException>(() => read);
        await mount.AssertEndsCleanlyAsync();
        Assert.Equal(before, other.Received);
    }

    [Fact]
    public async Task A_way_that_is_not_there_is_told_in_one_line_and_nothing_is_mounted()
    {
        var places = BtfsPlaces.In(_folder);
        var result = await places.Command("-f", "--no-dht", "--bind", "nosuchwire", _torrent.TorrentFile, places.MountPoint).RunAsync();
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("there is no network interface 'nosuchwire'", result.Errors);
        Assert.False(MountTable.Has(places.MountPoint));
    }

    private static string At(BtfsMount mount, string name) => Directory.EnumerateFiles(mount.Path, name, SearchOption.AllDirectories).Single();

    private static Socket Listen(IPAddress address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        socket.Listen();
        return socket;
    }
}
