using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace BtFs.EndToEnd;

/// <summary>With <c>--proxy</c> everything goes through the proxy, and what cannot does not go at all.</summary>
public sealed class ProxyTests : IDisposable
{
    private const int NoSystem = 2;
    private const string Listening = "0A";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Everything_goes_through_the_proxy_and_not_one_packet_past_it()
    {
        await using var swarm = await TrackedSwarm.StartAsync(_folder, "libtorrent");
        await swarm.Tracker.KnowsSeedAsync(swarm.Torrent.InfoHash);
        await using var network = await NetworkNamespace.MakeAsync();
        await network.MakePlainAsync();
        var wire = await network.ConnectAsync();

        // There is a way to everywhere: what leaves past the proxy is counted, and not just lost.
        await network.RunAsync($"ip route add default via {wire.HereAddress}");
        await using var proxy = new Socks5Server(wire.HereAddress, password: "a secret: @/");
        var port = new Uri(swarm.Tracker.HttpUrl).Port;
        var tracked = $"http://tracker.test:{port}/announce";
        await using var web = new WebServer(await File.ReadAllBytesAsync(swarm.Torrent.WithTracker(tracked)));
        await using (var mount = await BtfsMount.StartAsync(
            BtfsPlaces.In(_folder) with { Network = network }, web.UrlOf("a.torrent"), "--verbose", "--dht-node", $"{wire.HereAddress}:9", "--proxy", $"socks5://me:a%20secret%3A%20%40%2F@{proxy.Address}"))
        {
            Assert.Contains("everything goes through the proxy", mount.Log);
            await Same.ContentAsync(swarm.Torrent, mount);
            Assert.DoesNotContain(SocketsOf(mount, "tcp"), socket => socket.State == Listening);
            Assert.DoesNotContain(SocketsOf(mount, "tcp6"), socket => socket.State == Listening);
            Assert.Empty(SocketsOf(mount, "udp"));
            Assert.Empty(SocketsOf(mount, "udp6"));
            await mount.UnmountAsync();
        }

        // The .torrent, the tracker by its name, the peer: and for each connection that left here, one that came to the proxy.
        Assert.Contains(web.Address.ToString(), proxy.Targets);
        Assert.Contains($"tracker.test:{port}", proxy.Targets);
        Assert.Contains(swarm.SeedAddress.ToString(), proxy.Targets);
        Assert.Equal(proxy.Callers, await network.CountAsync("Tcp", "ActiveOpens"));
        Assert.Equal(0, await network.CountAsync("Udp", "OutDatagrams"));
    }

    [Fact]
    public async Task A_proxy_that_refuses_or_is_none_is_told_in_one_line_and_nothing_is_mounted()
    {
        var torrent = TorrentFixture.Make(_folder, "show", 32 * 1024, new FileShape("one.bin", 100_000));
        var closed = new IPEndPoint(IPAddress.Loopback, FreePort.On(IPAddress.Loopback));
        await AssertRefusedAsync(torrent, $"socks5://{closed}", "cannot be reached");

        await using var strict = new Socks5Server(IPAddress.Loopback, "a secret");
        await AssertRefusedAsync(torrent, $"socks5://{strict.Address}", "wants a user name");
        await AssertRefusedAsync(torrent, $"socks5://me:wrong@{strict.Address}", "does not accept");

        using var web = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        web.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        web.Listen();
        var refused = AssertRefusedAsync(torrent, $"socks5://{web.LocalEndPoint}", "does not speak SOCKS 5");
        using var caller = await web.AcceptAsync();
        await caller.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        await refused;
    }

    private async Task AssertRefusedAsync(TorrentFixture torrent, string proxy, string reason)
    {
        var places = BtfsPlaces.In(_folder);
        var result = await places.Command("-f", "--no-dht", "--proxy", proxy, torrent.TorrentFile, places.MountPoint).RunAsync();
        Assert.Equal(NoSystem, result.ExitCode);
        Assert.Contains(reason, result.Errors);
        Assert.DoesNotContain("wrong", result.Errors);
        Assert.False(MountTable.Has(places.MountPoint));
    }

    /// <summary>The sockets of the mount's network: nobody else is in it.</summary>
    private static List<(string Local, string State)> SocketsOf(BtfsMount mount, string kind)
    {
        var file = string.Create(CultureInfo.InvariantCulture, $"/proc/{mount.Pid}/net/{kind}");
        return File.Exists(file)
            ? [.. File.ReadLines(file).Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(columns => (columns[1], columns[3]))]
            : [];
    }
}
