using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace BtFs.EndToEnd.Swarm;

/// <summary>A seed of transmission-daemon with a configuration folder of its own, at a loopback address of its own.</summary>
internal sealed class TransmissionSeed : IAsyncDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(15);

    private readonly LeashedProcess _process;

    private TransmissionSeed(LeashedProcess process, IPEndPoint address)
    {
        _process = process;
        Address = address;
    }

    public IPEndPoint Address { get; }

    /// <summary>Starts it with one torrent; returns when it listens. It announces to the tracker that the .torrent names.</summary>
    /// <param name="folder">Where its configuration is kept.</param>
    /// <param name="torrent">What it seeds.</param>
    /// <param name="torrentFile">The .torrent it is given.</param>
    /// <param name="host">Last number of its address.</param>
    /// <param name="saveFolder">Where it looks for the content, to download what is missing; null is where all of it is.</param>
    /// <param name="isEncrypted">Whether it speaks with nobody but encrypted.</param>
    /// <param name="speaksUtp">Whether it takes calls by uTP.</param>
    public static async Task<TransmissionSeed> StartAsync(TemporaryFolder folder, TorrentFixture torrent, string torrentFile, int host = 3, string? saveFolder = null, bool isEncrypted = false, bool speaksUtp = false)
    {
        var ip = IPAddress.Parse($"127.0.0.{host}");
        var address = new IPEndPoint(ip, FreePort.On(ip));
        var config = folder.Sub("transmission");
        var watch = folder.Sub("transmission-watch");
        File.Copy(torrentFile, Path.Combine(watch, "a.torrent"));
        var settings = new JsonObject
        {
            ["bind-address-ipv4"] = ip.ToString(),
            ["peer-port"] = address.Port,
            ["peer-port-random-on-start"] = false,
            ["rpc-enabled"] = false,
            ["port-forwarding-enabled"] = false,
            ["dht-enabled"] = false,
            ["lpd-enabled"] = false,
            ["pex-enabled"] = false,
            ["utp-enabled"] = speaksUtp,
            ["watch-dir"] = watch,
            ["watch-dir-enabled"] = true,
            ["download-dir"] = saveFolder ?? torrent.SaveFolder,
            ["incomplete-dir-enabled"] = false,
            ["start-added-torrents"] = true,
            ["umask"] = 18,
            ["encryption"] = isEncrypted ? 2 : 1,
        };
        await File.WriteAllTextAsync(Path.Combine(config, "settings.json"), settings.ToJsonString());
        var seed = new TransmissionSeed(new LeashedProcess("transmission-daemon", "-f", "-g", config), address);
        await Eventually.TrueAsync($"transmission listens on {address}: {seed._process.Log}", StartsWithin, () => Listens(address));
        return seed;
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    internal static async Task<bool> Listens(IPEndPoint address)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
