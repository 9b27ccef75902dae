using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace BtFs.EndToEnd.Swarm;

/// <summary>A real tracker for HTTP and UDP on one port. Debian's builds answer only for infohashes on a whitelist, and not as root.</summary>
internal sealed partial class OpenTracker : IAsyncDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnnouncedWithin = TimeSpan.FromSeconds(30);

    private readonly LeashedProcess _process;
    private readonly IPEndPoint _address;

    private OpenTracker(LeashedProcess process, IPEndPoint address)
    {
        _process = process;
        _address = address;
    }

    public string HttpUrl => $"http://{_address}/announce";

    public string UdpUrl => $"udp://{_address}/announce";

    public static async Task<OpenTracker> StartAsync(TemporaryFolder folder, params IEnumerable<string> infoHashes)
    {
        var address = new IPEndPoint(IPAddress.Loopback, FreePort.On(IPAddress.Loopback));
        var root = folder.Sub("tracker");
        var whitelist = Path.Combine(root, "whitelist");
        var config = Path.Combine(root, "opentracker.conf");
        await File.WriteAllLinesAsync(whitelist, infoHashes);
        await File.WriteAllLinesAsync(config,
        [
            $"listen.tcp_udp {address}",
            // After the change of root it is a path inside that root.
            $"access.whitelist {(Environment.IsPrivilegedProcess ? "/whitelist" : whitelist)}",
            $"tracker.rootdir {root}",
            "tracker.user _opentracker",
        ]);
        var tracker = new OpenTracker(new LeashedProcess("opentracker", "-f", config), address);
        await Eventually.TrueAsync($"opentracker listens on {address}", StartsWithin, tracker.ListensAsync);
        return tracker;
    }

    /// <summary>Waits until the tracker has heard of a seed of a torrent.</summary>
    public Task KnowsSeedAsync(string infoHash) => KnowsAsync("seed", SeedCount(), infoHash);

    /// <summary>Waits until the tracker has heard of somebody who misses something of a torrent.</summary>
    public Task KnowsLeecherAsync(string infoHash) => KnowsAsync("leecher", LeecherCount(), infoHash);

    private async Task KnowsAsync(string whom, Regex count, string infoHash)
    {
        using var http = new HttpClient();
        // It answers one request on each connection.
        http.DefaultRequestHeaders.ConnectionClose = true;
        var hash = string.Concat(Convert.FromHexString(infoHash).Select(b => $"%{b:X2}"));
        var query = new Uri($"http://{_address}/scrape?info_hash={hash}");
        await Eventually.TrueAsync($"the tracker knows a {whom} of {infoHash}", AnnouncedWithin, async () =>
            count.IsMatch(await http.GetStringAsync(query)));
    }

    [GeneratedRegex("8:completei[1-9]")]
    private static partial Regex SeedCount();

    [GeneratedRegex("10:incompletei[1-9]")]
    private static partial Regex LeecherCount();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task<bool> ListensAsync()
    {
        if (_process.HasEnded)
        {
            throw new InvalidOperationException($"opentracker ended: {_process.Log}");
        }

        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(_address);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
