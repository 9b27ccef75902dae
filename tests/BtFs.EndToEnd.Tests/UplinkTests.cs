using System.Globalization;

namespace BtFs.EndToEnd;

/// <summary>A mount that uploads over a line of 1 Mbit/s with a queue of 3 s, and somebody else who wants to be answered soon on the same line.</summary>
public sealed class UplinkTests : IAsyncLifetime
{
    private const int Port = 6881;

    private const string Echo = "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.bind(('203.0.113.2', 5001))\nwhile True:\n d, a = s.recvfrom(100)\n s.sendto(d, a)";

    // The median of ten round trips in two seconds, in milliseconds; what is not back within four seconds counts as that.
    private const string Ping = """
        import socket, statistics, threading, time
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.settimeout(4)
        took = {}
        def hear():
            while len(took) < 10:
                try: t = float(s.recv(100))
                except OSError: break
                took[t] = time.monotonic() - t
        sent = []
        for i in range(10):
            sent.append(time.monotonic())
            s.sendto(repr(sent[-1]).encode(), ('203.0.113.2', 5001))
            if i == 0: threading.Thread(target=hear, daemon=True).start()
            time.sleep(0.2)
        while len(took) < 10 and time.monotonic() < sent[-1] + 4: time.sleep(0.05)
        print(round(1000 * statistics.median(took.get(t, 4) for t in sent)))
        """;

    private static readonly string[] Alone = ["--no-dht", "--no-lsd", "--no-port-mapping"];

    private readonly TemporaryFolder _folder = new();
    private TorrentFixture _torrent = null!;
    private NetworkNamespace _near = null!;
    private NetworkNamespace _router = null!;
    private NetworkNamespace _far = null!;

    public async Task InitializeAsync()
    {
        _torrent = TorrentFixture.Make(_folder, "given", 65_536, new FileShape("one.bin", 20_000_000));
        _near = await NetworkNamespace.MakeAsync();
        _router = await NetworkNamespace.MakeAsync();
        _far = await NetworkNamespace.MakeAsync();

        // Addresses of the Internet: to neighbours no line is in between. The narrow place is not the sender's own device, as in most homes.
        await _near.ConnectAsync("home", "198.51.100.2/24", _router, "home", "198.51.100.1/24");
        await _far.ConnectAsync("wide", "203.0.113.2/24", _router, "wide", "203.0.113.1/24");
        await _near.RunAsync("ip route add default via 198.51.100.1");
        await _far.RunAsync("ip route add default via 203.0.113.1");
        await _router.RunAsync("echo 1 > /proc/sys/net/ipv4/ip_forward; tc qdisc add dev wide root tbf rate 1mbit burst 3kb latency 3s");
    }

    public async Task DisposeAsync()
    {
        await _near.DisposeAsync();
        await _router.DisposeAsync();
        await _far.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Uploads_leave_the_line_free_for_others_unless_a_rate_is_named()
    {
        await using var echo = _far.Start("/usr/bin/python3", "-c", Echo);
        await using (var greedy = await MountAsync("--max-upload-rate=100M"))
        {
            await using var leech = Leech("first");
            await Eventually.TrueAsync("the line is full", TimeSpan.FromSeconds(30), async () => await PingAsync() > 1_000);
            await greedy.UnmountAsync();
        }

        await Eventually.TrueAsync("the line is empty", TimeSpan.FromSeconds(30), async () => await PingAsync() < 50);
        var before = await SentAsync();
        await using var mount = await MountAsync();
        await using var leecher = Leech("second");
        await Eventually.TrueAsync("something is sent", TimeSpan.FromSeconds(30), async () => await SentAsync() > before + 500_000);
        await Eventually.TrueAsync("the line is free", TimeSpan.FromSeconds(30), async () => await PingAsync() < 200);
        before = await SentAsync();
        Assert.InRange(await PingAsync(), 0, 250);
        Assert.InRange(await SentAsync() - before, 40_000, long.MaxValue);
        await mount.UnmountAsync();
    }

    private Task<BtfsMount> MountAsync(params string[] options) => BtfsMount.StartAsync(
        BtfsPlaces.In(_folder) with { Network = _near },
        _torrent.TorrentFile,
        [.. Alone, "--no-utp", $"--seed-from={_torrent.SaveFolder}", $"--min-port={Port}", $"--max-port={Port}", .. options]);

    private LeashedProcess Leech(string name) => _far.Start(
        "/usr/bin/python3", Path.Combine(AppContext.BaseDirectory, "Peers", "leecher.py"), _torrent.TorrentFile, _folder.Sub(name), "203.0.113.2:7001", $"198.51.100.2:{Port}");

    private async Task<long> SentAsync() => long.Parse(await _router.RunAsync("awk '/wide:/ { print $10 }' /proc/net/dev"), CultureInfo.InvariantCulture);

    private async Task<int> PingAsync()
    {
        var line = _near.Line("/usr/bin/python3", "-c", Ping);
        return int.Parse((await new Command(line[0], line[1..]).RunAsync()).Ok().Text, CultureInfo.InvariantCulture);
    }
}
