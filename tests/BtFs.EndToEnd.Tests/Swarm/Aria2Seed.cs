using System.Globalization;
using System.Net;

namespace BtFs.EndToEnd.Swarm;

/// <summary>A seed of aria2 at a loopback address of its own.</summary>
internal sealed class Aria2Seed : IAsyncDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(15);

    private readonly LeashedProcess _process;

    private Aria2Seed(LeashedProcess process, IPEndPoint address)
    {
        _process = process;
        Address = address;
    }

    public IPEndPoint Address { get; }

    /// <summary>Starts it with one torrent; returns when it has checked the content and listens.</summary>
    public static async Task<Aria2Seed> StartAsync(TorrentFixture torrent, string torrentFile, int host = 4)
    {
        var ip = IPAddress.Parse($"127.0.0.{host}");
        var address = new IPEndPoint(ip, FreePort.On(ip));
        var process = new LeashedProcess(
            "aria2c",
            "--no-conf",
            "--check-integrity=true",
            "--seed-ratio=0.0",
            "--allow-overwrite=false",
            "--enable-dht=false",
            "--enable-dht6=false",
            "--disable-ipv6=true",
            "--bt-enable-lpd=false",
            "--enable-peer-exchange=false",
            $"--interface={ip}",
            $"--listen-port={address.Port.ToString(CultureInfo.InvariantCulture)}",
            $"--dir={torrent.SaveFolder}",
            torrentFile);
        var seed = new Aria2Seed(process, address);
        await Eventually.TrueAsync("aria2 listens", StartsWithin, () => TransmissionSeed.Listens(address));
        return seed;
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
