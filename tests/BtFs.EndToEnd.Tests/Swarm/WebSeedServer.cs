using System.Net;

namespace BtFs.EndToEnd.Swarm;

/// <summary>A web server on loopback that has a torrent's files (Peers/web.py, or nginx).</summary>
internal sealed class WebSeedServer : IAsyncDisposable
{
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(15);

    private readonly LeashedProcess _process;
    private readonly IPEndPoint _address;

    private WebSeedServer(LeashedProcess process, IPEndPoint address)
    {
        _process = process;
        _address = address;
    }

    /// <summary>Where the folder is.</summary>
    public string Url => $"http://{_address}/";

    /// <summary>The requests so far: path and range of each.</summary>
    public IReadOnlyList<string> Requests => _process.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Starts web.py; returns when it listens.</summary>
    /// <param name="mode">How it behaves; see there.</param>
    /// <param name="torrent">Whose files it has.</param>
    /// <param name="to">Where it sends everybody, if it redirects.</param>
    public static Task<WebSeedServer> StartAsync(string mode, TorrentFixture torrent, WebSeedServer? to = null) => ListenAsync(address => new LeashedProcess(
        "/usr/bin/python3",
        [Path.Combine(AppContext.BaseDirectory, "Peers", "web.py"), mode, address.ToString(), torrent.SaveFolder, .. to is null ? Array.Empty<string>() : [to.Url.TrimEnd('/')]]));

    /// <summary>Starts nginx with the folders that it needs in one of the test's.</summary>
    public static Task<WebSeedServer> StartNginxAsync(TemporaryFolder folder, TorrentFixture torrent) => ListenAsync(address =>
    {
        var own = folder.Sub("nginx");
        var file = Path.Combine(own, "nginx.conf");
        var paths = string.Concat(new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(kind => $"{kind}_temp_path {own}/{kind};"));
        File.WriteAllText(file, $$"""
            daemon off; master_process off; pid {{own}}/pid; error_log {{own}}/errors;
            events {} http { access_log off; {{paths}} server { listen {{address}}; root {{torrent.SaveFolder}}; } }
            """);
        return new LeashedProcess("nginx", "-c", file, "-p", own, "-e", Path.Combine(own, "errors"));
    });

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<WebSeedServer> ListenAsync(Func<IPEndPoint, LeashedProcess> start)
    {
        var address = new IPEndPoint(IPAddress.Loopback, FreePort.On(IPAddress.Loopback));
        var server = new WebSeedServer(start(address), address);
        try
        {
            await Eventually.TrueAsync($"a web server listens on {address}", StartsWithin, () => TransmissionSeed.Listens(address));
            return server;
        }
        catch (TimeoutException fault)
        {
            var log = server._process.Log;
            await server.DisposeAsync();
            throw new InvalidOperationException($"{fault.Message}\n{log}", fault);
        }
    }
}
