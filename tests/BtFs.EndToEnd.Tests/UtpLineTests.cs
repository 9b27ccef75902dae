using System.Globalization;

namespace BtFs.EndToEnd;

/// <summary>uTP on a line of 20 Mbit/s with a queue of 400 ms, alone and beside TCP. <c>BTFS_LINE=FILE</c> compares rates, and writes them there; else only that bytes cross.</summary>
public sealed class UtpLineTests : IAsyncLifetime
{
    private const int Port = 6881;

    private static readonly bool IsMeasured = Environment.GetEnvironmentVariable("BTFS_LINE") is { Length: > 0 };
    private static readonly int FileBytes = IsMeasured ? 30_000_000 : 1_500_000;

    // While uTP is there all the time.
    private static readonly int GreedyBytes = FileBytes / 3;

    private static readonly string Server =
        $"import socket\ns = socket.create_server(('10.77.0.2', 5001))\nwhile True:\n c = s.accept()[0]\n c.sendall(bytes({GreedyBytes}))\n c.close()";

    private static readonly string Client =
        $"import socket\nc = socket.create_connection(('10.77.0.2', 5001))\nn = 0\nwhile True:\n d = c.recv(65536)\n if not d: break\n n += len(d)\nassert n == {GreedyBytes}";

    private static readonly string[] Alone = ["--no-dht", "--no-lsd", "--no-port-mapping"];

    private readonly TemporaryFolder _folder = new();
    private TorrentFixture _torrent = null!;
    private NetworkNamespace _near = null!;
    private NetworkNamespace _router = null!;
    private NetworkNamespace _far = null!;

    public async Task InitializeAsync()
    {
        _torrent = TorrentFixture.Make(_folder, "films", 262_144, new FileShape("film.mkv", FileBytes));
        _near = await NetworkNamespace.MakeAsync();
        _far = await NetworkNamespace.MakeAsync();

        // The narrow place is not the sender's own device: there Linux has TCP wait without any queue (TCP small queues).
        _router = await NetworkNamespace.MakeAsync();
        await _near.ConnectAsync("line", "10.77.1.1/24", _router, "line", "10.77.1.2/24");
        await _far.ConnectAsync("wide", "10.77.0.2/24", _router, "wide", "10.77.0.1/24");
        await _near.RunAsync("ip route add default via 10.77.1.2");
        await _far.RunAsync("ip route add default via 10.77.0.1");

        // Else TCP remembers from one connection to the next how little was to be had; and Cubic leaves its slow start when it sees any queue (HyStart).
        await _far.RunAsync("cd /proc/sys/net/ipv4; echo 1 > tcp_no_metrics_save; echo reno > tcp_congestion_control");
        await _router.RunAsync("echo 1 > /proc/sys/net/ipv4/ip_forward; tc qdisc add dev line root tbf rate 20mbit burst 16kb latency 400ms");
    }

    public async Task DisposeAsync()
    {
        await _near.DisposeAsync();
        await _router.DisposeAsync();
        await _far.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_is_as_fast_as_TCP_alone_and_gives_way_to_it_beside()
    {
        await using var seed = await BtfsSeed.StartAsync(BtfsPlaces.In(_folder) with { Network = _far }, [Path.Combine(_torrent.SaveFolder, "films"), .. Alone, "--port", $"{Port}", "--torrent-out", _folder.At("out.torrent")]);
        await using var server = new LeashedProcess("nsenter", _far.Line("/usr/bin/python3", "-c", Server)[1..]);
        var tcp = await FetchAsync("--no-utp");
        var utp = await FetchAsync("--utp-only");
        var greedy = await DownloadAsync();

        // TCP comes later: who has never seen the line empty cannot know that it is full.
        var hasBegun = new TaskCompletionSource();
        var beside = FetchAsync("--utp-only", hasBegun);
        await Task.WhenAny(hasBegun.Task, beside);
        var greedyBeside = await DownloadAsync();
        await beside;
        await seed.EndAsync();
        if (IsMeasured)
        {
            var seconds = string.Create(CultureInfo.InvariantCulture, $"TCP {tcp.TotalSeconds:F1} s, uTP {utp.TotalSeconds:F1} s; greedy TCP alone {greedy.TotalSeconds:F1} s, beside uTP {greedyBeside.TotalSeconds:F1} s");
            await File.WriteAllTextAsync(Environment.GetEnvironmentVariable("BTFS_LINE")!, seconds + "\n");
            Assert.True(utp <= tcp / 0.9, seconds);
            Assert.True(greedyBeside <= greedy * 1.35, seconds);
        }
    }

    /// <summary>Plain TCP, as fast as it goes: our own asks for no more than it needs soon.</summary>
    private async Task<TimeSpan> DownloadAsync()
    {
        var client = _near.Line("/usr/bin/python3", "-c", Client);
        TimeSpan took = default;
        await Eventually.TrueAsync("the TCP server answers", TimeSpan.FromSeconds(60), async () =>
        {
            var started = TimeProvider.System.GetTimestamp();
            var result = await new Command(client[0], client[1..]).Within(TimeSpan.FromMinutes(2)).RunAsync();
            took = TimeProvider.System.GetElapsedTime(started);
            return result.ExitCode == 0;
        });
        return took;
    }

    private async Task<TimeSpan> FetchAsync(string how, TaskCompletionSource? hasBegun = null)
    {
        await using var mount = await BtfsMount.StartAsync(BtfsPlaces.In(_folder) with { Network = _near }, _folder.At("out.torrent"), [.. Alone, how, $"--peer=10.77.0.2:{Port}"]);
        var started = TimeProvider.System.GetTimestamp();
        (await Command.RunAsync("head", "-c", "1000000", mount.At("films/film.mkv"))).Ok();
        hasBegun?.SetResult();
        (await new Command("cmp", mount.At("films/film.mkv"), _torrent.Disk(0)).Within(TimeSpan.FromMinutes(2)).RunAsync()).Ok();
        var took = TimeProvider.System.GetElapsedTime(started);
        await mount.UnmountAsync();
        return took;
    }
}
