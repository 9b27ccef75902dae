using System.Globalization;

namespace BtFs.EndToEnd;

/// <summary>uTP on a line of 20 Mbit/s with a queue of 400 ms, alone and beside TCP. <c>BTFS_LINE=FILE</c> compares rates, and writes them there; else only that bytes cross.</summary>
public sealed class UtpLineTests : IAsyncLifetime
{
    private const int Port = 6881;

    private static readonly bool IsMeasured = Environment.GetEnvironmentVariable("BTFS_LINE") is { Length: > 0 };
    private static readonly int FileBytes = IsMeasured ? 30_000_000 : 1_500_000;

    private readonly TemporaryFolder _folder = new();
    private TorrentFixture _torrent = null!;
    private NetworkNamespace _near = null!;
    private NetworkNamespace _far = null!;

    public async Task InitializeAsync()
    {
        _torrent = TorrentFixture.Make(_folder, "films", 262_144, new FileShape("film.mkv", FileBytes));
        _near = await NetworkNamespace.MakeAsync("near");
        _far = await NetworkNamespace.MakeAsync("far");
        await _near.LinkAsync(_far, "10.77.0.1/24", "10.77.0.2/24", "line");
        await _far.ShellAsync("tc qdisc add dev line root tbf rate 20mbit burst 16kb latency 400ms");
    }

    public async Task DisposeAsync()
    {
        await _near.DisposeAsync();
        await _far.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_is_as_fast_as_TCP_alone_and_gives_way_to_it_beside()
    {
        await using var seed = await BtfsSeed.StartAsync(BtfsPlaces.In(_folder) with { Within = _far }, Path.Combine(_torrent.SaveFolder, "films"), "--port", $"{Port}", "--torrent-out", _folder.At("out.torrent"));
        var tcp = await FetchAsync("--no-utp");
        var utp = await FetchAsync("--utp-only");
        var beside = FetchAsync("--utp-only");
        var tcpBeside = await FetchAsync("--no-utp");
        await beside;
        await seed.EndAsync();
        if (IsMeasured)
        {
            var seconds = string.Create(CultureInfo.InvariantCulture, $"TCP {tcp.TotalSeconds:F1} s, uTP {utp.TotalSeconds:F1} s; beside uTP TCP takes {tcpBeside.TotalSeconds:F1} s");
            await File.WriteAllTextAsync(Environment.GetEnvironmentVariable("BTFS_LINE")!, seconds + "\n");
            Assert.True(utp <= tcp / 0.9, seconds);
            Assert.True(tcpBeside <= tcp * 1.35, seconds);
        }
    }

    private async Task<TimeSpan> FetchAsync(string how)
    {
        await using var mount = await BtfsMount.StartAsync(BtfsPlaces.In(_folder) with { Within = _near }, _folder.At("out.torrent"), how, $"--peer=10.77.0.2:{Port}");
        var started = TimeProvider.System.GetTimestamp();
        (await new Command("cmp", mount.At("film.mkv"), _torrent.Disk(0)).Within(TimeSpan.FromMinutes(2)).RunAsync()).Ok();
        var took = TimeProvider.System.GetElapsedTime(started);
        await mount.UnmountAsync();
        return took;
    }
}
